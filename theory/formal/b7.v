(* B7, its inequality (1): what a step of Adam can add to the margins, exponential loss, any batches.
   h_t = -log S_t - lambda t rises by at most -lambda + eta_t Q sum_{s<=t} rho^{t-s} e^{-h_s}. *)
From MarginProof Require Import setting i11 hoeffding.

Section SpeedLimit.
Variables (N d : nat) (x : nat -> nat -> R) (β1 β2 : R) (η : nat -> R) (batch : nat -> nat -> bool) (w : nat -> nat -> R).

(* minus the gradient of step t, in column k: the rows i with batch t i, each once *)
Definition g_of (k t : nat) : R := \sum_(i < N) (if batch t i then exp (- dot d (x i) (w t)) * x i k else 0).
Definition adam_batches : Prop :=
  forall t k, (k < d)%nat -> w (S t) k = w t k + η t * (m_of β1 (g_of k) (S t) / sqrt (v_of β2 (g_of k) (S t))).
Definition λ : R := ln (/ β2) / 2.
Definition ϱ : R := β1 / sqrt β2.
Definition h (t : nat) : R := - ln (loss N d x (w t)) - λ * INR t.
Definition Q : R := (1 - β1) / sqrt (1 - β2) * \sum_(k < d) (column_max N x k * column_max N x k / Rabs (g_of k O)).

Hypothesis HN : (0 < N)%nat.
Hypothesis Hβ1 : 0 <= β1.
Hypothesis summable : β1 * β1 < β2 < 1.
Hypothesis Hη : forall t, 0 < η t.
Hypothesis Hfirst : forall k, (k < d)%nat -> g_of k O <> 0.
Hypothesis Hrun : adam_batches.

Let D := column_max N x.
Let L t := loss N d x (w t).

Lemma D_ge0 k : 0 <= D k.
Proof. eapply Rle_trans; [apply Rabs_pos|apply (entry_le N x O k HN)]. Qed.

Lemma gradient_le k t : Rabs (g_of k t) <= D k * L t.
Proof.
  unfold g_of, L, loss; eapply Rle_trans; [apply sum_abs|]. rewrite <- sum_scal; apply sum_le; intros i Hi.
  pose proof (exp_pos (- dot d (x i) (w t))); pose proof (entry_le N x i k Hi : _ <= D k); pose proof (D_ge0 k).
  destruct (batch t i); [|rewrite Rabs_R0; nra]. rewrite Rabs_mult, (Rabs_right (exp _)) by lra. nra.
Qed.

Lemma m_le k t : Rabs (m_of β1 (g_of k) (S t)) <= (1 - β1) * (D k * (\sum_(s < S t) β1 ^ (t - s) * L s)).
Proof.
  assert (Hb : β1 < 1) by nra. induction t as [|t IH].
  - simpl. pose proof (gradient_le k 0). rewrite Rmult_0_r, Rplus_0_l, Rabs_mult, Rabs_right by lra.
    replace (0 + 1 * L 0) with (L 0) by ring. apply Rmult_le_compat_l; lra.
  - change (m_of β1 (g_of k) (S (S t))) with (β1 * m_of β1 (g_of k) (S t) + (1 - β1) * g_of k (S t)).
    eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult, (Rabs_right β1), (Rabs_right (1 - β1)) by lra.
    pose proof (gradient_le k (S t)) as Hgr. replace (\sum_(s < S (S t)) β1 ^ (S t - s) * L s)
      with (β1 * (\sum_(s < S t) β1 ^ (t - s) * L s) + L (S t)).
    + pose proof (Rmult_le_compat_l β1 _ _ Hβ1 IH). pose proof (Rmult_le_compat_l (1 - β1) _ _ ltac:(lra) Hgr). lra.
    + change (\sum_(s < S (S t)) β1 ^ (S t - s) * L s) with ((\sum_(s < S t) β1 ^ (S t - s) * L s) + β1 ^ (S t - S t) * L (S t)).
      rewrite Nat.sub_diag, pow_O, Rmult_1_l, <- sum_scal. f_equal.
      apply sum_ext; intros s Hs. replace (S t - s)%nat with (S (t - s)) by lia. simpl; ring.
Qed.

Lemma v_ge k t : (1 - β2) * β2 ^ t * (g_of k 0 * g_of k 0) <= v_of β2 (g_of k) (S t).
Proof.
  assert (0 < β2) by nra. induction t as [|t IH]; [simpl; lra|].
  change (v_of β2 (g_of k) (S (S t))) with (β2 * v_of β2 (g_of k) (S t) + (1 - β2) * (g_of k (S t) * g_of k (S t))).
  pose proof (Rle_0_sqr (g_of k (S t))); unfold Rsqr in *.
  pose proof (Rmult_le_compat_l β2 _ _ ltac:(lra) IH). simpl pow. nra.
Qed.

Lemma L_h t : L t = exp (- h t) * exp (- (λ * INR t)).
Proof.
  unfold h; fold (L t). rewrite <- exp_plus. replace (_ + _) with (ln (L t)) by ring.
  symmetry; apply exp_ln, loss_gt0; auto.
Qed.

Lemma root_power t : sqrt (β2 ^ t) = exp (- (λ * INR t)).
Proof.
  assert (0 < β2) by nra. apply Rsqr_inj; [apply sqrt_pos|left; apply exp_pos|].
  rewrite Rsqr_sqrt by (apply pow_le; lra). unfold Rsqr; rewrite <- exp_plus.
  rewrite <- (exp_ln (β2 ^ t)) by (apply pow_lt; auto). f_equal.
  rewrite ln_pow by auto. unfold λ; rewrite ln_Rinv by auto. field.
Qed.

(* beta1^{t-s} e^{-lambda s} = rho^{t-s} e^{-lambda t} *)
Lemma kernel_is t s : (s <= t)%nat -> β1 ^ (t - s) * exp (- (λ * INR s)) = ϱ ^ (t - s) * exp (- (λ * INR t)).
Proof.
  intros Hs. assert (0 < β2) by nra. rewrite <- !root_power. pose proof (sqrt_lt_R0 β2 ltac:(auto)) as Hr.
  assert (P : forall n, sqrt (β2 ^ n) = sqrt β2 ^ n).
  { induction n; simpl; [apply sqrt_1|]. rewrite sqrt_mult by (try apply pow_le; lra). rewrite IHn; auto. }
  rewrite !P. replace t with (t - s + s)%nat at 3 by lia. rewrite pow_add.
  replace (ϱ ^ (t - s)) with (β1 ^ (t - s) * / sqrt β2 ^ (t - s)).
  - field. apply pow_nonzero; lra.
  - unfold ϱ, Rdiv; rewrite Rpow_mult_distr; f_equal. rewrite pow_inv; auto.
Qed.

Let tail t := \sum_(s < S t) ϱ ^ (t - s) * exp (- h s).

Lemma ratio_le k t : (k < d)%nat ->
  Rabs (m_of β1 (g_of k) (S t) / sqrt (v_of β2 (g_of k) (S t)))
    <= (1 - β1) / sqrt (1 - β2) * (D k / Rabs (g_of k O)) * tail t.
Proof.
  intros Hk. assert (0 < β2) by nra. pose proof (Hfirst k Hk) as Hg.
  set (a := Rabs (g_of k O)). assert (Ha : 0 < a) by (apply Rabs_pos_lt; auto).
  set (E := exp (- (λ * INR t))). pose proof (exp_pos (- (λ * INR t))) as HE; fold E in HE.
  pose proof (sqrt_lt_R0 (1 - β2) ltac:(lra)) as Hr.
  assert (Hv : sqrt (1 - β2) * E * a <= sqrt (v_of β2 (g_of k) (S t))).
  { unfold E; rewrite <- root_power. assert (0 <= β2 ^ t) by (apply pow_le; lra).
    apply Rle_trans with (sqrt ((1 - β2) * β2 ^ t * Rsqr (g_of k O))); [|apply sqrt_le_1_alt, v_ge].
    rewrite sqrt_mult, sqrt_mult, sqrt_Rsqr_abs by (try apply Rle_0_sqr; try apply Rmult_le_pos; lra).
    unfold a; lra. }
  assert (Hm : Rabs (m_of β1 (g_of k) (S t)) <= (1 - β1) * (D k * (E * tail t))).
  { eapply Rle_trans; [apply m_le|]. right; f_equal; f_equal.
    unfold tail; rewrite <- sum_scal; apply sum_ext; intros s Hs.
    rewrite L_h. pose proof (kernel_is t s ltac:(lia)) as Hker; fold E in Hker.
    replace (β1 ^ (t - s) * (exp (- h s) * exp (- (λ * INR s))))
      with (β1 ^ (t - s) * exp (- (λ * INR s)) * exp (- h s)) by ring. rewrite Hker; ring. }
  assert (Hden : 0 < sqrt (1 - β2) * E * a) by (repeat apply Rmult_lt_0_compat; auto).
  unfold Rdiv at 1; rewrite Rabs_mult, (Rabs_right (/ _)) by (left; apply Rinv_0_lt_compat; lra).
  apply Rle_trans with ((1 - β1) * (D k * (E * tail t)) * / (sqrt (1 - β2) * E * a)).
  - apply Rmult_le_compat; auto using Rabs_pos; [left; apply Rinv_0_lt_compat; lra|]. apply Rinv_le_contravar; auto.
  - right; field; repeat split; lra.
Qed.

(* a step changes -log S by at most max_i |x_i . (w_{t+1} - w_t)| *)
Lemma log_moves t r : (forall i, (i < N)%nat -> dot d (x i) (w (S t)) - dot d (x i) (w t) <= r) ->
  - ln (L (S t)) <= - ln (L t) + r.
Proof.
  intros H. assert (L t * exp (- r) <= L (S t)).
  { unfold L, loss; rewrite <- sum_scal_r; apply sum_le; intros i Hi. rewrite <- exp_plus. apply exp_le.
    specialize (H i Hi); lra. }
  pose proof (loss_gt0 N d x (w t) HN : 0 < L t). pose proof (exp_pos (- r)).
  assert (ln (L t * exp (- r)) <= ln (L (S t))).
  { destruct H0 as [H0|H0]; [left; apply ln_increasing; auto; nra|rewrite H0; lra]. }
  rewrite ln_mult, ln_exp in H3 by auto. lra.
Qed.

Lemma speed t : h (S t) - h t <= - λ + η t * Q * tail t.
Proof.
  unfold h; rewrite S_INR; fold (L (S t)) (L t). assert (- ln (L (S t)) <= - ln (L t) + η t * Q * tail t); [|lra].
  apply log_moves; intros i Hi. replace (dot d (x i) (w (S t)) - dot d (x i) (w t)) with
    (\sum_(k < d) x i k * (η t * (m_of β1 (g_of k) (S t) / sqrt (v_of β2 (g_of k) (S t))))).
  2:{ unfold dot; rewrite <- sum_minus; apply sum_ext; intros k Hk; rewrite Hrun by auto; ring. }
  unfold Q. replace (η t * _ * tail t) with
    (\sum_(k < d) D k * (η t * ((1 - β1) / sqrt (1 - β2) * (D k / Rabs (g_of k O)) * tail t))).
  - apply sum_le; intros k Hk. eapply Rle_trans; [apply Rle_abs|]. rewrite !Rabs_mult, (Rabs_right (η t)) by (left; apply Hη).
    apply Rmult_le_compat; auto using Rabs_pos.
    + apply Rmult_le_pos; [left; apply Hη|apply Rabs_pos].
    + apply entry_le; auto.
    + apply Rmult_le_compat_l; [left; apply Hη|]. apply ratio_le; auto.
  - rewrite <- Rmult_assoc, <- (sum_scal d), <- sum_scal_r; apply sum_ext; intros; unfold D, Rdiv; ring.
Qed.
End SpeedLimit.

Theorem B7_step (N d : nat) (x : nat -> nat -> R) (β1 β2 : R) (η : nat -> R) (batch : nat -> nat -> bool)
    (w : nat -> nat -> R) (t : nat) :
  (0 < N)%nat ->
  0 <= β1 ->
  β1 * β1 < β2 < 1 ->
  (forall t, 0 < η t) ->
  (forall k, (k < d)%nat -> g_of N d x batch w k O <> 0) ->
  adam_batches N d x β1 β2 η batch w ->
  let H := h N d x β2 w in
  H (S t) - H t
    <= - λ β2 + η t * Q N d x β1 β2 batch w * (\sum_(s < S t) ϱ β1 β2 ^ (t - s) * exp (- H s)).
Proof. intros; apply speed; auto. Qed.
