(* The setting of docs/proofs.md: rows x_0 ... x_{N-1} in R^d with labels folded in, exponential loss. *)
From MarginProof Require Export sums.

Section Setting.
Variables (N d : nat) (x : nat -> nat -> R).

Definition simplex (c : nat -> R) : Prop := (forall i, (i < N)%nat -> 0 <= c i) /\ sum N c = 1.
(* X^T c *)
Definition combine (c : nat -> R) (k : nat) : R := \sum_(i < N) c i * x i k.
(* q = (X o X)^T (c o c), and D_k = max_i |x_i[k]| *)
Definition second (c : nat -> R) (k : nat) : R := \sum_(i < N) (c i * x i k) * (c i * x i k).
Definition column_max (k : nat) : R := max_over N (fun i => Rabs (x i k)).
(* min_i x_i . w *)
Definition margin (w : nat -> R) : R := min_over N (fun i => dot d (x i) w).
(* gamma is the max-margin for a norm: the supremum of min_i x_i . w over |w| <= 1 *)
Definition max_margin (norm : (nat -> R) -> R) (gamma : R) : Prop :=
  is_lub (fun r => exists w, norm w <= 1 /\ r = margin w) gamma.
(* S(w), and the loss weights c = softmax(-X w) *)
Definition loss (w : nat -> R) : R := \sum_(i < N) exp (- dot d (x i) w).
Definition weights (w : nat -> R) (i : nat) : R := exp (- dot d (x i) w) / loss w.
(* R = max_i |x_i|_1 and R_2 = max_i |x_i|_2 *)
Definition radius1 : R := max_over N (fun i => norm1 d (x i)).
Definition radius2 : R := max_over N (fun i => norm2 d (x i)).

Lemma entry_le i k : (i < N)%nat -> Rabs (x i k) <= column_max k.
Proof. intros Hi; apply (max_over_ge N (fun i => Rabs (x i k))); auto. Qed.
Lemma row_dot u r i : (i < N)%nat -> (forall k, (k < d)%nat -> Rabs (u k) <= r) -> 0 <= r -> Rabs (dot d (x i) u) <= radius1 * r.
Proof. intros Hi Hu Hr; eapply Rle_trans; [apply dot_abs, Hu|]. apply Rmult_le_compat_r; auto.
  apply (max_over_ge N (fun i => norm1 d (x i))); auto. Qed.

Lemma loss_gt0 w : (0 < N)%nat -> 0 < loss w.
Proof. intros HN; eapply Rlt_le_trans; [apply exp_pos|].
  apply (sum_term N (fun i => exp (- dot d (x i) w)) 0 (fun i _ => Rlt_le _ _ (exp_pos _)) HN). Qed.

Lemma weights_simplex w : (0 < N)%nat -> simplex (weights w).
Proof. intros HN; pose proof (loss_gt0 w HN) as HS; split.
  - intros i _; apply Rlt_le, Rdiv_lt_0_compat; auto using exp_pos.
  - unfold weights, Rdiv; rewrite sum_scal_r; fold (loss w); field; lra. Qed.

(* c . (X u) = (X^T c) . u *)
Lemma exchange c u : \sum_(i < N) c i * dot d (x i) u = dot d (combine c) u.
Proof. unfold dot, combine. rewrite (sum_ext N _ (fun i => \sum_(k < d) c i * x i k * u k)).
  2:{ intros; rewrite <- sum_scal; apply sum_ext; intros; ring. }
  rewrite sum_swap; apply sum_ext; intros; rewrite <- sum_scal_r; auto. Qed.

(* min_i x_i . w <= (X^T c) . w *)
Lemma margin_average c w : (0 < N)%nat -> simplex c -> margin w <= dot d (combine c) w.
Proof. intros HN [Hc Hs]; rewrite <- exchange, <- (Rmult_1_r (margin w)), <- Hs, <- sum_scal.
  apply sum_le; intros i Hi; rewrite Rmult_comm; apply Rmult_le_compat_l; auto.
  apply (min_over_le N (fun i => dot d (x i) w)); auto. Qed.

(* log S(0) = log N, and min_i x_i . w >= - log S(w) *)
Lemma loss_zero w : (forall k, (k < d)%nat -> w k = 0) -> loss w = INR N.
Proof. intros H; unfold loss; rewrite (sum_ext N _ (fun _ => 1)); [rewrite sum_const; lra|].
  intros i _; replace (dot d (x i) w) with 0; [rewrite Ropp_0; apply exp_0|].
  unfold dot; rewrite (sum_ext d _ (fun _ => 0)); [rewrite sum_zero; auto|]. intros k Hk; rewrite H; auto; ring. Qed.

Lemma margin_loss w : (0 < N)%nat -> - ln (loss w) <= margin w.
Proof. intros HN; apply min_over_glb; auto; intros i Hi.
  apply Ropp_le_cancel; rewrite Ropp_involutive, <- (ln_exp (- dot d (x i) w)).
  assert (H : exp (- dot d (x i) w) <= loss w) by
    (apply (sum_term N (fun i => exp (- dot d (x i) w))); auto using Rlt_le, exp_pos).
  destruct H as [H|H]; [left; apply ln_increasing; auto using exp_pos|rewrite H; lra]. Qed.
End Setting.
