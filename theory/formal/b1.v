(* B1: a step of Adam moves no coordinate by more than eta_t A_{t+1} <= eta_t A, whatever the gradients. *)
From MarginProof Require Import i11.

(* Gradients g_t[k] of any origin (any data, batching and loss); m, v as in I11, one pair a coordinate. *)
Definition adam_run (d : nat) (β1 β2 : R) (η : nat -> R) (g w : nat -> nat -> R) : Prop :=
  forall t k, (k < d)%nat ->
    w (S t) k = w t k - η t * (m_of β1 (fun s => g s k) (S t) / sqrt (v_of β2 (fun s => g s k) (S t))).

Theorem B1 (d : nat) (β1 β2 : R) (η : nat -> R) (g w : nat -> nat -> R) (t : nat) :
  β1 * β1 < β2 < 1 ->
  0 < η t ->
  adam_run d β1 β2 η g w ->
  norminf d (fun k => w (S t) k - w t k) <= η t * A_at β1 β2 (S t) <= η t * A β1 β2.
Proof. intros H Hη Hrun; pose proof (A_at_range β1 β2 H (S t)) as Ha. split; [|apply Rmult_le_compat_l; lra].
  apply norminf_lub; [apply Rmult_le_pos; lra|]. intros k Hk; rewrite Hrun by auto. replace (w t k - _ - w t k) with
    (- (η t * (m_of β1 (fun s => g s k) (S t) / sqrt (v_of β2 (fun s => g s k) (S t))))) by ring.
  rewrite Rabs_Ropp, Rabs_mult, Rabs_right by lra. apply Rmult_le_compat_l; [lra|].
  eapply Rle_trans; [|apply (I11 β1 β2 (fun s => g s k) (S t) H)].
  unfold Rdiv; rewrite Rabs_mult. apply Rmult_le_compat_l; [apply Rabs_pos|].
  destruct (sqrt_pos (v_of β2 (fun s => g s k) (S t))) as [Hs|<-].
  - rewrite Rabs_right; [lra|left; apply Rinv_0_lt_compat; auto].
  - (* v = 0, where no division is meant *) rewrite Rinv_0, Rabs_R0; lra. Qed.
