(* B5: sign descent, full batch: c.F = |m|_1 >= gamma_inf and |x_i.u| <= |x_i|_1, then (1). *)
From MarginProof Require Import setting b6 hoeffding.

(* m = X^T c with c = softmax(-X w): the full gradient up to the positive factor S(w) *)
Definition sign_run N d x (η : nat -> R) (w : nat -> nat -> R) : Prop :=
  (forall k, (k < d)%nat -> w O k = 0) /\
  forall t k, (k < d)%nat -> w (S t) k = w t k + η t * sign (combine N x (weights N d x (w t)) k).

Theorem B5 (N d : nat) (x : nat -> nat -> R) (γ : R) (η : nat -> R) (w : nat -> nat -> R) (T : nat) :
  (0 < N)%nat ->
  max_margin N d x (norminf d) γ ->
  (forall t, 0 < η t) ->
  sign_run N d x η w ->
  let R := radius1 N d x in
  - ln (INR N) + \sum_(t < T) η t * (γ - η t * (R * R) / 2) <= margin N d x (w T)
  /\ norminf d (w T) <= sum T η.
Proof. intros HN Hγ Hη [H0 Hstep] R; split.
  - apply (margin_along_a_run N d x w _ η (fun _ => γ) R T HN Hη H0 Hstep).
    + intros t i _ Hi. rewrite <- (Rmult_1_r R). apply row_dot; auto using sign_le1; lra.
    + intros t _. destruct (weights_simplex N d x (w t) HN) as [Hc H1]. rewrite <- (Rmult_1_r γ), <- H1.
      eapply Rle_trans; [apply weighted_linf; eauto|]. right; apply sum_ext; intros; symmetry; apply sign_abs.
  - apply (sign_path d η w (fun t k => sign (combine N x (weights N d x (w t)) k))); auto using sign_le1. Qed.
