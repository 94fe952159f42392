(* B6: the primal-dual bracket.  min_i x_i.w <= sum c_i x_i.w = (X^T c).w <= |X^T c|_q |w|_p, by Hoelder. *)
From MarginProof Require Import setting.

Lemma bracket N d x norm dual γ w c :
  (forall a b, dot d a b <= dual a * norm b) -> (forall a, 0 <= dual a) ->
  (forall t a, 0 <= t -> norm (fun k => t * a k) = t * norm a) ->
  (0 < N)%nat -> max_margin N d x norm γ -> 0 < norm w -> simplex N c ->
  margin N d x w / norm w <= γ <= dual (combine N x c).
Proof. intros Hoelder Hdual Hhom HN [Hub Hleast] Hw Hc; split.
  - apply Rle_trans with (margin N d x (fun k => / norm w * w k)).
    + unfold Rdiv; rewrite Rmult_comm. apply min_over_glb; auto; intros i Hi; rewrite dot_scal_r.
      apply Rmult_le_compat_l; [left; apply Rinv_0_lt_compat; auto|]. apply (min_over_le N (fun i => dot d (x i) w)); auto.
    + apply Hub; exists (fun k => / norm w * w k); split; auto.
      rewrite Hhom, Rinv_l by (try (left; apply Rinv_0_lt_compat); lra); lra.
  - apply Hleast; intros r [v [Hv ->]]. eapply Rle_trans; [apply margin_average; eauto|].
    eapply Rle_trans; [apply Hoelder|]. rewrite <- (Rmult_1_r (dual _)) at 2; apply Rmult_le_compat_l; auto. Qed.

Lemma norminf_scal d t a : 0 <= t -> norminf d (fun k => t * a k) = t * norminf d a.
Proof. intros Ht; induction d; simpl; [ring|]. rewrite IHd, Rabs_mult, (Rabs_right t) by lra. apply RmaxRmult; auto.
Qed.

(* w = 0 is a competitor *)
Lemma max_margin_ge0 N d x γ : (0 < N)%nat -> max_margin N d x (norminf d) γ -> 0 <= γ.
Proof. intros HN [Hub _]; apply Rle_trans with (margin N d x (fun _ => 0)).
  - apply min_over_glb; auto; intros i _; right; symmetry.
    unfold dot; rewrite (sum_ext d _ (fun _ => 0)); [apply sum_zero|intros; ring].
  - apply Hub; exists (fun _ => 0); split; auto. apply norminf_lub; [lra|]; intros; rewrite Rabs_R0; lra. Qed.

Theorem B6_linf (N d : nat) (x : nat -> nat -> R) (γ : R) (w c : nat -> R) :
  (0 < N)%nat ->
  max_margin N d x (norminf d) γ ->
  0 < norminf d w ->
  simplex N c ->
  margin N d x w / norminf d w <= γ <= norm1 d (combine N x c).
Proof. apply bracket; [apply hoelder|apply norm1_ge0|intros; apply norminf_scal; auto]. Qed.

Theorem B6_l2 (N d : nat) (x : nat -> nat -> R) (γ : R) (w c : nat -> R) :
  (0 < N)%nat ->
  max_margin N d x (norm2 d) γ ->
  0 < norm2 d w ->
  simplex N c ->
  margin N d x w / norm2 d w <= γ <= norm2 d (combine N x c).
Proof. apply bracket; [|apply norm2_ge0|intros; apply norm2_scal; auto].
  intros a b; eapply Rle_trans; [apply Rle_abs|apply cauchy_norm]. Qed.

(* What B2-B5 use: for weights >= 0 the norm of the combination is at least γ times their sum. *)
Lemma combine_scal N x t c k : combine N x (fun i => t * c i) k = t * combine N x c k.
Proof. unfold combine; rewrite <- sum_scal; apply sum_ext; intros; ring. Qed.

Lemma weighted N d x norm dual γ r :
  (forall a b, dot d a b <= dual a * norm b) -> (forall a, 0 <= dual a) ->
  (forall t c, 0 <= t -> dual (combine N x (fun i => t * c i)) = t * dual (combine N x c)) ->
  (0 < N)%nat -> max_margin N d x norm γ ->
  (forall i, (i < N)%nat -> 0 <= r i) -> γ * sum N r <= dual (combine N x r).
Proof. intros Hoelder Hdual Hhom HN [_ Hleast] Hr. destruct (sum_ge0 N r Hr) as [Hs|<-]; [|rewrite Rmult_0_r; auto].
  assert (Hc : simplex N (fun i => / sum N r * r i)).
  { split; [|rewrite sum_scal; field; lra].
    intros i Hi; apply Rmult_le_pos; auto; left; apply Rinv_0_lt_compat; auto. }
  apply (Rmult_le_reg_l (/ sum N r)); [apply Rinv_0_lt_compat; auto|].
  rewrite <- Hhom by (left; apply Rinv_0_lt_compat; auto). replace (/ sum N r * (γ * sum N r)) with γ by (field; lra).
  apply Hleast; intros v [w [Hw ->]]. eapply Rle_trans; [apply margin_average; eauto|].
  eapply Rle_trans; [apply Hoelder|]. rewrite <- (Rmult_1_r (dual _)) at 2; apply Rmult_le_compat_l; auto. Qed.

Lemma weighted_linf N d x γ r : (0 < N)%nat -> max_margin N d x (norminf d) γ ->
  (forall i, (i < N)%nat -> 0 <= r i) -> γ * sum N r <= norm1 d (combine N x r).
Proof. apply weighted; [apply hoelder|apply norm1_ge0|]. intros t c Ht.
  transitivity (norm1 d (fun k => t * combine N x c k)).
  - apply sum_ext; intros; rewrite combine_scal; auto.
  - rewrite norm1_scal, Rabs_right by lra; auto. Qed.

Lemma weighted_l2 N d x γ r : (0 < N)%nat -> max_margin N d x (norm2 d) γ ->
  (forall i, (i < N)%nat -> 0 <= r i) -> γ * sum N r <= norm2 d (combine N x r).
Proof. apply weighted; [|apply norm2_ge0|].
  - intros a b; eapply Rle_trans; [apply Rle_abs|apply cauchy_norm].
  - intros t c Ht; rewrite <- norm2_scal by auto.
    unfold norm2; f_equal; apply dot_ext; intros; rewrite combine_scal; auto. Qed.
