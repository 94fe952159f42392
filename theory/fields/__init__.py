"""One direction field per optimizer: the paper's formula, over any number system.

Put the loss weights c on the simplex.  As steps vanish, an epoch of an optimizer moves w along
u(c), which depends on c alone.  With m = Xᵀc and q = (X∘X)ᵀ(c∘c), coordinate by coordinate:

=========================  =============================================  ============================
field                      u(c)                                           source
=========================  =============================================  ============================
:class:`GradientField`     m                                              classical
:class:`SignField`         sign(m)                                        classical; full-batch Adam
:class:`AdamProxyField`    m / √q                                         paper, Prop. 4.1
:class:`IncAdamField`      Σ_i (W₁G)_i / √(W₂(G∘G))_i                     paper, Prop. 2.5 (b = 1)
:class:`ReshuffledField`   m / √((1-θ)q + θm²), θ = (b-1)/(N-1)           later work; θ = 0 is the proxy
:class:`ReplacementField`  m / √(q + (b-1)/N · m²)                        derived here
:class:`SignumField`       Σ_i sign((W G)_i)                              derived here
:class:`LionField`         Σ_i sign(β1 m_{i-1} + (1-β1) G_i)              derived here
=========================  =============================================  ============================

G_j is the sum of c_n x_n over batch j of K, and W_ij = β^((i-j) mod K).  Every field is
homogeneous (degree 0, GD's degree 1), so c may be scaled freely.  Data are rows x_i with labels
folded in: X has shape (N, d).  A field is called as ``field(X, c, numbers)`` and returns u, shape
(d,); ``field.jacobian(X, c, numbers)`` returns ∂u_k/∂c_n, shape (d, N).

Example:
  >>> import numpy as np
  >>> AdamProxyField()(np.array([[5.0, 1.0], [1.0, 4.0]]), np.array([1.0, 0.0]))
  array([1., 1.])
"""

from __future__ import annotations

from marginproof.theory.fields.cyclic import Cyclic as Cyclic
from marginproof.theory.fields.field import Field as Field
from marginproof.theory.fields.field import mean_gradient as mean_gradient
from marginproof.theory.fields.field import per_sample_square as per_sample_square
from marginproof.theory.fields.gradient import GradientField as GradientField
from marginproof.theory.fields.gradient import SignField as SignField
from marginproof.theory.fields.inc_adam import IncAdamField as IncAdamField
from marginproof.theory.fields.preconditioned import AdamProxyField as AdamProxyField
from marginproof.theory.fields.preconditioned import Preconditioned as Preconditioned
from marginproof.theory.fields.preconditioned import ReplacementField as ReplacementField
from marginproof.theory.fields.preconditioned import ReshuffledField as ReshuffledField
from marginproof.theory.fields.preconditioned import ThetaField as ThetaField
from marginproof.theory.fields.signs import CyclicSigns as CyclicSigns
from marginproof.theory.fields.signs import LionField as LionField
from marginproof.theory.fields.signs import SignumField as SignumField
