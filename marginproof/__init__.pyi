"""The public names, each from the module that defines it: the one list, read by type checkers and by ``__init__.py``."""

from marginproof.constructions.builtin import load as load
from marginproof.constructions.dataset import Dataset as Dataset
from marginproof.constructions.sources import read as read
from marginproof.properties.conformance.suite import check_optimizer as check_optimizer
from marginproof.properties.conformance.suite import parametrize_with_claims as parametrize_with_claims
from marginproof.properties.simulation.trajectories import simulate as simulate
from marginproof.theory.errors import MarginproofError as MarginproofError
from marginproof.theory.errors import NotSeparableError as NotSeparableError
from marginproof.theory.fields import AdamProxyField as AdamProxyField
from marginproof.theory.fields import GradientField as GradientField
from marginproof.theory.fields import IncAdamField as IncAdamField
from marginproof.theory.fields import ReplacementField as ReplacementField
from marginproof.theory.fields import ReshuffledField as ReshuffledField
from marginproof.theory.fields import SignField as SignField
from marginproof.theory.fields import SignumField as SignumField
from marginproof.theory.fields import ThetaField as ThetaField
from marginproof.theory.limit.problem import Limit as Limit
from marginproof.theory.limit.problem import LimitProblem as LimitProblem
from marginproof.theory.limit.problem import Outcome as Outcome
from marginproof.theory.limit.problem import Stability as Stability
from marginproof.theory.limit.problem import residual as residual
from marginproof.theory.limit.solve import solve as solve
from marginproof.theory.margins.max_margin import l2_margin as l2_margin
from marginproof.theory.margins.max_margin import linf_margin as linf_margin
from marginproof.theory.margins.max_margin import mahalanobis_margin as mahalanobis_margin
from marginproof.theory.number_systems import FLOAT64 as FLOAT64
from marginproof.theory.number_systems import RATIONALS as RATIONALS
from marginproof.theory.number_systems import SYMBOLS as SYMBOLS
from marginproof.theory.number_systems import balls as balls
from marginproof.theory.number_systems import multiprecision as multiprecision
from marginproof.theory.prediction import Prediction as Prediction
from marginproof.theory.prediction import predict as predict
from marginproof.theory.proofs.enumeration import enumerate_all as enumerate_all
from marginproof.theory.proofs.krawczyk import certify as certify
from marginproof.theory.proofs.precision import polish as polish
from marginproof.theory.verdicts import Verdict as Verdict

__version__: str
AdamProxy = AdamProxyField
IncAdam = IncAdamField
