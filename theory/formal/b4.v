(* B4: normalised gradient descent, full batch: c.F = |m|_2 >= gamma_2 and |x_i.u| <= |x_i|_2, then (1). *)
From MarginProof Require Import setting b6 hoeffding.

(* m = X^T c with c = softmax(-X w), and u = m/|m|_2 *)
Definition normalised_run N d x (η : nat -> R) (w : nat -> nat -> R) : Prop :=
  (forall k, (k < d)%nat -> w O k = 0) /\
  forall t k, (k < d)%nat ->
    let m := combine N x (weights N d x (w t)) in w (S t) k = w t k + η t * (m k / norm2 d m).

Theorem B4 (N d : nat) (x : nat -> nat -> R) (γ : R) (η : nat -> R) (w : nat -> nat -> R) (T : nat) :
  (0 < N)%nat ->
  max_margin N d x (norm2 d) γ ->
  (forall t, 0 < η t) ->
  normalised_run N d x η w ->
  let R := radius2 N d x in
  - ln (INR N) + \sum_(t < T) η t * (γ - η t * (R * R) / 2) <= margin N d x (w T)
  /\ norm2 d (w T) <= sum T η.
Proof.
  intros HN Hγ Hη [H0 Hstep] R. set (u := fun t k => let m := combine N x (weights N d x (w t)) in m k / norm2 d m).
  assert (Hu : forall t, dot d (combine N x (weights N d x (w t))) (u t)
                       = norm2 d (combine N x (weights N d x (w t))) /\ norm2 d (u t) <= 1).
  { intros t; set (m := combine N x (weights N d x (w t))).
    assert (E : forall a, dot d a (u t) = / norm2 d m * dot d a m).
    { intros a; rewrite <- dot_scal_r; apply dot_ext; intros; split; auto; unfold u, Rdiv; fold m; ring. }
    destruct (norm2_ge0 d m) as [Hm|Hm].
    - split; [rewrite E, <- norm2_sqr; field; lra|]. unfold norm2 at 1. rewrite E, dot_comm, E, <- norm2_sqr.
      replace (/ norm2 d m * (/ norm2 d m * (norm2 d m * norm2 d m))) with 1 by (field; lra). rewrite sqrt_1; lra.
    - (* m = 0, where no division is meant *)
      assert (Z : forall k, (k < d)%nat -> u t k = 0).
      { intros; unfold u, Rdiv; fold m; rewrite <- Hm, Rinv_0; ring. }
      assert (Zd : forall a, dot d a (u t) = 0).
      { intros a; unfold dot; rewrite (sum_ext d _ (fun _ => 0)); [apply sum_zero|].
        intros k Hk; rewrite Z by auto; ring. }
      split; [rewrite Zd; auto|unfold norm2; rewrite Zd, sqrt_0; lra]. }
  split.
  - apply (margin_along_a_run N d x w u η (fun _ => γ) R T HN Hη H0 Hstep).
    + intros t i _ Hi. eapply Rle_trans; [apply cauchy_norm|].
      pose proof (max_over_ge N (fun i => norm2 d (x i)) i Hi) as Hm; fold (radius2 N d x) R in Hm.
      pose proof (norm2_ge0 d (x i)); pose proof (norm2_ge0 d (u t)); pose proof (proj2 (Hu t)). simpl in Hm; nra.
    + intros t _. destruct (weights_simplex N d x (w t) HN) as [Hc H1].
      rewrite (proj1 (Hu t)), <- (Rmult_1_r γ), <- H1. apply weighted_l2; auto.
  - induction T; simpl sum.
    + right; unfold norm2, dot; rewrite (sum_ext d _ (fun _ => 0)); [rewrite sum_zero; apply sqrt_0|].
      intros k Hk; rewrite H0 by auto; ring.
    + pose proof (Hη T). replace (norm2 d (w (S T))) with (norm2 d (fun k => w T k + η T * u T k)).
      2:{ unfold norm2; f_equal; apply dot_ext; intros k Hk; split; rewrite Hstep; auto. }
      eapply Rle_trans; [apply norm2_triang|]. rewrite norm2_scal by lra. pose proof (proj2 (Hu T)). nra. Qed.
