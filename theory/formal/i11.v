(* I11: |m_t|/sqrt(v_t) <= A_t <= A for every gradient sequence, when beta1^2 < beta2 < 1; A >= 1; attained. *)
From MarginProof Require Export sums.

Section StepBound.
Variables β1 β2 : R.

(* k, rho, A_t^2 with A_0 = 0 and A_{t+1}^2 = k + rho A_t^2, and A *)
Definition gain : R := (1 - β1) * (1 - β1) / (1 - β2).
Definition decay : R := β1 * β1 / β2.
Definition A : R := (1 - β1) / sqrt ((1 - β2) * (1 - decay)).
Definition A_at (t : nat) : R := A * sqrt (1 - decay ^ t).
(* m <- beta1 m + (1 - beta1) g and v <- beta2 v + (1 - beta2) g^2, from m = v = 0 *)
Fixpoint m_of (g : nat -> R) (t : nat) : R :=
  match t with O => 0 | S s => β1 * m_of g s + (1 - β1) * g s end.
Fixpoint v_of (g : nat -> R) (t : nat) : R :=
  match t with O => 0 | S s => β2 * v_of g s + (1 - β2) * (g s * g s) end.
Fixpoint a_of (t : nat) : R := match t with O => 0 | S s => gain + decay * a_of s end.

Hypothesis summable : β1 * β1 < β2 < 1.

Lemma decay_range : 0 <= decay < 1.
Proof. unfold decay; split.
  - apply Rmult_le_pos; [nra|left; apply Rinv_0_lt_compat; nra].
  - apply (Rmult_lt_reg_r β2); [nra|]. unfold Rdiv; rewrite Rmult_assoc, Rinv_l; nra. Qed.

Lemma gain_gt0 : 0 < gain.
Proof. unfold gain; apply Rdiv_lt_0_compat; nra. Qed.
Lemma v_ge0 g t : 0 <= v_of g t.
Proof. induction t; simpl; [lra|]. assert (0 <= g t * g t) by nra. nra. Qed.
Lemma a_closed t : a_of t = gain / (1 - decay) * (1 - decay ^ t).
Proof. pose proof decay_range; induction t; simpl; [ring|]. rewrite IHt; field; lra. Qed.

Lemma A_sqr t : A_at t * A_at t = a_of t.
Proof. pose proof decay_range. assert (Hp : decay ^ t <= 1).
  { induction t; simpl; [lra|]. assert (0 <= decay ^ t) by (apply pow_le; lra). nra. }
  unfold A_at, A, Rdiv.
  transitivity ((1 - β1) * (1 - β1) * / (sqrt ((1 - β2) * (1 - decay)) * sqrt ((1 - β2) * (1 - decay)))
                * (sqrt (1 - decay ^ t) * sqrt (1 - decay ^ t))).
  - field; apply Rgt_not_eq, sqrt_lt_R0; nra.
  - rewrite !sqrt_sqrt, a_closed; [unfold gain; field; lra|lra|nra]. Qed.

(* one step, and one step of equality *)
Lemma step_bound m v g a : 0 < a -> m * m <= a * v ->
  (β1 * m + (1 - β1) * g) * (β1 * m + (1 - β1) * g)
    <= (gain + decay * a) * (β2 * v + (1 - β2) * (g * g)).
Proof. intros Ha H. pose proof gain_gt0; pose proof decay_range. assert (Hb : 0 < β2) by nra.
  set (s := (1 - β1) * β2 * m - β1 * (1 - β2) * a * g).
  assert (E : (gain + decay * a) * (β2 * (m * m / a) + (1 - β2) * (g * g))
    - (β1 * m + (1 - β1) * g) * (β1 * m + (1 - β1) * g) = s * s * / (β2 * (1 - β2) * a)).
  { unfold gain, decay, s; field; repeat split; lra. }
  assert (0 <= s * s * / (β2 * (1 - β2) * a)).
  { apply Rmult_le_pos; [nra|left; apply Rinv_0_lt_compat; repeat apply Rmult_lt_0_compat; lra]. }
  assert (Hv : m * m / a <= v).
  { apply (Rmult_le_reg_l a); auto. replace (a * (m * m / a)) with (m * m) by (field; lra); auto. }
  assert ((gain + decay * a) * (β2 * (m * m / a) + (1 - β2) * (g * g))
       <= (gain + decay * a) * (β2 * v + (1 - β2) * (g * g))).
  { apply Rmult_le_compat_l; [nra|]. apply Rplus_le_compat_r, Rmult_le_compat_l; lra. }
  lra. Qed.

Lemma a_gt0 t : 0 < a_of (S t).
Proof. pose proof gain_gt0; pose proof decay_range. induction t; simpl in *; [lra|nra]. Qed.

Lemma square_bound g t : m_of g t * m_of g t <= a_of t * v_of g t.
Proof. induction t; [simpl; lra|]. destruct t as [|t].
  - simpl; right; unfold gain; field; lra.
  - apply step_bound; [apply a_gt0|exact IHt]. Qed.

Lemma A_gt0 : 0 < A.
Proof. pose proof decay_range; assert (β1 < 1) by nra. apply Rdiv_lt_0_compat; [lra|apply sqrt_lt_R0; nra]. Qed.

Lemma A_at_range t : 0 <= A_at t <= A.
Proof. pose proof decay_range; pose proof A_gt0. unfold A_at. assert (0 <= sqrt (1 - decay ^ t)) by apply sqrt_pos.
  assert (sqrt (1 - decay ^ t) <= 1);
    [|split; [apply Rmult_le_pos; lra|rewrite <- (Rmult_1_r A) at 2; apply Rmult_le_compat_l; lra]].
  rewrite <- sqrt_1 at 2; apply sqrt_le_1_alt. assert (0 <= decay ^ t) by (apply pow_le; lra). lra. Qed.
End StepBound.

Theorem I11 (β1 β2 : R) (g : nat -> R) (t : nat) :
  β1 * β1 < β2 < 1 ->
  Rabs (m_of β1 g t) / sqrt (v_of β2 g t) <= A_at β1 β2 t <= A β1 β2.
Proof. intros H; pose proof (A_at_range β1 β2 H t) as Ha. split; [|apply Ha].
  pose proof (square_bound β1 β2 H g t) as Hs; pose proof (v_ge0 β1 β2 H g t) as Hv. rewrite <- (A_sqr β1 β2 H) in Hs.
  assert (Hm : Rabs (m_of β1 g t) <= A_at β1 β2 t * sqrt (v_of β2 g t)).
  { apply Rsqr_incr_0_var; [|apply Rmult_le_pos; [apply Ha|apply sqrt_pos]].
    rewrite <- Rsqr_abs, Rsqr_mult, Rsqr_sqrt; auto. }
  destruct Hv as [Hv|Hv].
  - pose proof (sqrt_lt_R0 _ Hv). apply (Rmult_le_reg_r (sqrt (v_of β2 g t))); auto.
    unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra.
  - rewrite <- Hv, sqrt_0, Rmult_0_r in Hm. pose proof (Rabs_pos (m_of β1 g t)).
    replace (Rabs (m_of β1 g t)) with 0 by lra. unfold Rdiv; rewrite Rmult_0_l; apply Ha. Qed.

Theorem I11_at_least_1 (β1 β2 : R) : β1 * β1 < β2 < 1 -> 1 <= A β1 β2.
Proof. intros H; pose proof (decay_range β1 β2 H). unfold A.
  assert (Hs : 0 < sqrt ((1 - β2) * (1 - decay β1 β2))) by (apply sqrt_lt_R0; nra).
  apply (Rmult_le_reg_r (sqrt ((1 - β2) * (1 - decay β1 β2)))); auto.
  unfold Rdiv; rewrite Rmult_assoc, Rinv_l, Rmult_1_l, Rmult_1_r by lra.
  assert (β1 < 1) by nra. rewrite <- (sqrt_square (1 - β1)) by lra. apply sqrt_le_1_alt.
  assert (E : (1 - β1) * (1 - β1) - (1 - β2) * (1 - decay β1 β2) = (β1 - β2) * (β1 - β2) * / β2)
    by (unfold decay; field; nra).
  assert (0 <= (β1 - β2) * (β1 - β2) * / β2); [|lra].
  apply Rmult_le_pos; [apply Rle_0_sqr|left; apply Rinv_0_lt_compat; nra]. Qed.

(* Attained at every t by the gradients (beta2/beta1)^s. *)
Theorem I11_sharp (β1 β2 : R) (t : nat) :
  β1 * β1 < β2 < 1 -> β1 <> 0 ->
  let g := fun s => (β2 / β1) ^ s in
  Rabs (m_of β1 g t) = A_at β1 β2 t * sqrt (v_of β2 g t).
Proof. intros H Hb g; pose proof (A_at_range β1 β2 H t) as Ha. set (κ := β1 * (1 - β2) / ((1 - β1) * β2)).
  assert (K : m_of β1 g t = κ * a_of β1 β2 t * g t /\ v_of β2 g t = κ * κ * a_of β1 β2 t * (g t * g t)).
  { induction t as [|t IH]; [simpl; split; ring|].
    destruct (IH (A_at_range β1 β2 H t)) as [Em Ev]; simpl m_of; simpl v_of; simpl a_of.
    replace (g (S t)) with (β2 / β1 * g t) by reflexivity.
    rewrite Em, Ev; unfold κ, gain, decay; split; field; repeat split; nra. }
  destruct K as [Em Ev].
  assert (E : m_of β1 g t * m_of β1 g t = a_of β1 β2 t * v_of β2 g t) by (rewrite Em, Ev; ring).
  rewrite <- (A_sqr β1 β2 H) in E; pose proof (v_ge0 β1 β2 H g t).
  apply Rsqr_inj; [apply Rabs_pos|apply Rmult_le_pos; [apply Ha|apply sqrt_pos]|].
  rewrite <- Rsqr_abs, Rsqr_mult, Rsqr_sqrt; auto. Qed.
