(* B2: Signum with momentum beta and cyclic batches: the margin at every finite time, with U and V by recursion. *)
From MarginProof Require Import setting b6 hoeffding.

Section Signum.
Variables (N d K : nat) (x : nat -> nat -> R) (batch : nat -> nat).
Variables (β κ : R) (η : nat -> R) (w : nat -> nat -> R).
Let radius := radius1 N d x.

(* batch j holds the rows i with batch i = j, and is visited at the steps t with t mod K = j *)
Definition visited (t j : nat) : bool := Nat.eqb j (t mod K).
(* p after t steps: p <- beta p + (1 - beta) sum over the batch of e^{-x_i.w} x_i *)
Fixpoint p_of (t k : nat) : R :=
  match t with
  | O => 0
  | S s => β * p_of s k
           + (1 - β) * \sum_(i < N) (if visited s (batch i) then exp (- dot d (x i) (w s)) * x i k else 0)
  end.
Definition signum_run : Prop :=
  (forall k, (k < d)%nat -> w O k = 0) /\
  forall t k, (k < d)%nat -> w (S t) k = w t k + η t * sign (p_of (S t) k).
(* U_j and V_j gain kappa when batch j is visited, and are multiplied by beta e^{+-R eta} after each step *)
Definition gains (t j : nat) : R := if visited t j then κ else 0.
Fixpoint drift (s : R) (t j : nat) : R :=
  match t with
  | O => gains O j
  | S t' => β * exp (s * (radius * η t')) * drift s t' j + gains t j
  end.
Definition U := drift 1.
Definition V := drift (-1).
Definition piece (γ ρ : R) : R := γ * ρ - radius * Rabs (1 - ρ).
(* what <G, sign p>/S is at least *)
Definition rate (γ : R) (t : nat) : R :=
  Rmax (Rmin (piece γ (min_over K (V t))) (piece γ (max_over K (U t)))) (- radius).

(* the exact weight of row i in kappa/(1-beta) p *)
Fixpoint ρ_of (t i : nat) : R :=
  match t with
  | O => gains O (batch i)
  | S s => β * exp (dot d (x i) (w (S s)) - dot d (x i) (w s)) * ρ_of s i + gains t (batch i)
  end.

Hypothesis HN : (0 < N)%nat.
Hypothesis Hbatch : forall i, (i < N)%nat -> (batch i < K)%nat.
Hypothesis Hβ : 0 <= β < 1.
Hypothesis Hκ : 0 < κ.
Hypothesis Hη : forall t, 0 < η t.
Hypothesis Hrun : signum_run.

Lemma momentum t k : κ / (1 - β) * p_of (S t) k
  = \sum_(i < N) ρ_of t i * exp (- dot d (x i) (w t)) * x i k.
Proof. induction t as [|t IH].
  - simpl p_of; rewrite Rmult_0_r, Rplus_0_l, <- sum_scal, <- sum_scal; apply sum_ext; intros i _.
    simpl; unfold gains; destruct (visited 0 (batch i)); field; lra.
  - change (p_of (S (S t)) k) with (β * p_of (S t) k + (1 - β) * \sum_(i < N)
      (if visited (S t) (batch i) then exp (- dot d (x i) (w (S t))) * x i k else 0)).
    rewrite Rmult_plus_distr_l.
    replace (κ / (1 - β) * (β * p_of (S t) k)) with (β * (κ / (1 - β) * p_of (S t) k)) by ring.
    rewrite IH, <- !sum_scal, <- sum_plus; apply sum_ext; intros i _; simpl ρ_of.
    replace (exp (- dot d (x i) (w t))) with
      (exp (dot d (x i) (w (S t)) - dot d (x i) (w t)) * exp (- dot d (x i) (w (S t))))
      by (rewrite <- exp_plus; f_equal; ring).
    unfold gains; destruct (visited (S t) (batch i)); field; lra. Qed.

Lemma move t i : (i < N)%nat -> Rabs (dot d (x i) (w (S t)) - dot d (x i) (w t)) <= radius * η t.
Proof. intros Hi; replace (dot d (x i) (w (S t)) - dot d (x i) (w t))
    with (dot d (x i) (fun k => η t * sign (p_of (S t) k))).
  - apply row_dot; [auto| |left; apply Hη]. intros k Hk; rewrite Rabs_mult, Rabs_right by (left; apply Hη).
    pose proof (Hη t); pose proof (sign_le1 (p_of (S t) k)); nra.
  - rewrite (dot_ext d (x i) (w (S t)) (x i) (fun k => w t k + η t * sign (p_of (S t) k))).
    + rewrite dot_plus_r; ring.
    + intros k Hk; split; auto; apply Hrun; auto. Qed.

Lemma gains_ge0 t j : 0 <= gains t j.
Proof. unfold gains; destruct (visited t j); lra. Qed.

Lemma drift_ge0 s t j : 0 <= drift s t j.
Proof. induction t; simpl; [apply gains_ge0|]. pose proof (gains_ge0 (S t) j).
  pose proof (exp_pos (s * (radius * η t))). assert (0 <= β * exp (s * (radius * η t))) by nra. nra. Qed.

Lemma weight_range t i : (i < N)%nat -> V t (batch i) <= ρ_of t i <= U t (batch i).
Proof. intros Hi; unfold U, V; induction t as [|t IH]; simpl; [lra|].
  pose proof (move t i Hi) as Hm; set (y := dot d (x i) (w (S t)) - dot d (x i) (w t)) in *.
  pose proof (drift_ge0 (-1) t (batch i)). assert (Hy : - (radius * η t) <= y <= radius * η t).
  { pose proof (Rle_abs y); pose proof (Rle_abs (- y)); rewrite Rabs_Ropp in *; lra. }
  assert (exp (-1 * (radius * η t)) <= exp y) by (apply exp_le; lra).
  assert (exp y <= exp (1 * (radius * η t))) by (apply exp_le; lra).
  pose proof (exp_pos (-1 * (radius * η t))); pose proof (exp_pos y).
  split; apply Rplus_le_compat_r; rewrite !Rmult_assoc; apply Rmult_le_compat_l; try lra;
    apply Rmult_le_compat; lra. Qed.

Lemma radius_ge0 : 0 <= radius.
Proof. eapply Rle_trans; [apply (norm1_ge0 d (x O))|apply (max_over_ge N (fun i => norm1 d (x i))); auto]. Qed.

Lemma margin_le_radius γ : max_margin N d x (norminf d) γ -> γ <= radius.
Proof. intros [_ Hleast]; apply Hleast; intros r [v [Hv ->]].
  eapply Rle_trans; [apply (min_over_le N (fun i => dot d (x i) v) O HN)|]. eapply Rle_trans; [apply hoelder|].
  pose proof (norm1_ge0 d (x O)); pose proof (norminf_ge0 d v); pose proof (max_over_ge N (fun i => norm1 d (x i)) O HN).
  unfold radius, radius1; simpl in *; nra. Qed.

(* f is concave: it is at least its smaller value at the ends of an interval *)
Lemma piece_concave γ a r b : γ <= radius -> 0 <= γ -> a <= r <= b -> Rmin (piece γ a) (piece γ b) <= piece γ r.
Proof. intros H1 H2 Hr; unfold piece. pose proof radius_ge0. destruct (Rle_lt_dec r 1).
  - eapply Rle_trans; [apply Rmin_l|]. rewrite !Rabs_right by lra. nra.
  - eapply Rle_trans; [apply Rmin_r|]. rewrite !Rabs_left by lra. nra. Qed.

Lemma signum_rate γ t : max_margin N d x (norminf d) γ ->
  rate γ t <= dot d (combine N x (weights N d x (w t))) (fun k => sign (p_of (S t) k)).
Proof. intros Hγ; pose proof (margin_le_radius γ Hγ) as HR; pose proof (max_margin_ge0 N d x γ HN Hγ) as H0.
  set (c := weights N d x (w t)); destruct (weights_simplex N d x (w t) HN) as [Hc H1]; fold c in Hc, H1.
  set (u := fun k => sign (p_of (S t) k)). assert (Hρ : forall i, (i < N)%nat -> 0 <= ρ_of t i).
  { intros i Hi; eapply Rle_trans; [apply (drift_ge0 (-1) t (batch i))|apply weight_range; auto]. }
  (* P = sum rho_i c_i x_i is a positive multiple of p *)
  set (P := combine N x (fun i => ρ_of t i * c i)). assert (HS := loss_gt0 N d x (w t) HN).
  assert (Hsign : dot d P u = norm1 d P).
  { apply sum_ext; intros k _. assert (E : P k = / loss N d x (w t) * (κ / (1 - β)) * p_of (S t) k).
    { rewrite Rmult_assoc, momentum, <- sum_scal; apply sum_ext; intros; unfold c, weights, Rdiv; ring. }
    assert (0 < / loss N d x (w t) * (κ / (1 - β))).
    { apply Rmult_lt_0_compat; [apply Rinv_0_lt_compat; auto|apply Rdiv_lt_0_compat; lra]. }
    unfold u; rewrite E, Rabs_mult, (Rabs_right (_ * _)) by lra. rewrite <- sign_abs; ring. }
  assert (Hu : forall r, \sum_(i < N) r i * c i * dot d (x i) u = dot d (combine N x (fun i => r i * c i)) u).
  { intros r; apply (exchange N d x (fun i => r i * c i)). }
  assert (Hx : forall i, (i < N)%nat -> Rabs (dot d (x i) u) <= radius).
  { intros i Hi; rewrite <- (Rmult_1_r radius). apply row_dot; [auto|intros; apply sign_le1|lra]. }
  rewrite <- (exchange N d x c). apply Rmax_lub.
  - set (m := Rmin _ _). apply Rle_trans with (\sum_(i < N) piece γ (ρ_of t i) * c i).
    + rewrite <- (Rmult_1_r m), <- H1, <- sum_scal; apply sum_le; intros i Hi.
      apply Rmult_le_compat_r; auto. unfold m. pose proof (weight_range t i Hi) as Hw; pose proof (Hbatch i Hi) as Hb.
      pose proof (min_over_le K (V t) _ Hb); pose proof (max_over_ge K (U t) _ Hb). apply piece_concave; auto; lra.
    + (* <G, sign p> = |P|_1 + <G - P, sign p> *)
      replace (\sum_(i < N) c i * dot d (x i) u) with
        (dot d P u + \sum_(i < N) (1 - ρ_of t i) * c i * dot d (x i) u).
      2:{ unfold P; rewrite <- Hu, <- sum_plus; apply sum_ext; intros; ring. }
      rewrite Hsign. pose proof (weighted_linf N d x γ (fun i => ρ_of t i * c i) HN Hγ) as Hw.
      eapply Rle_trans; [|apply Rplus_le_compat_r, Hw; intros; apply Rmult_le_pos; auto].
      rewrite <- sum_scal, <- sum_plus; apply sum_le; intros i Hi; unfold piece.
      pose proof (Hx i Hi) as Hxi. specialize (Hc i Hi).
      assert (- (radius * Rabs (1 - ρ_of t i)) <= (1 - ρ_of t i) * dot d (x i) u).
      { pose proof (Rle_abs (- ((1 - ρ_of t i) * dot d (x i) u))) as Ha.
        rewrite Rabs_Ropp, Rabs_mult in Ha. pose proof (Rabs_pos (1 - ρ_of t i)). nra. }
      nra.
  - rewrite <- (Rmult_1_r (- radius)), <- H1, <- sum_scal; apply sum_le; intros i Hi.
    pose proof (Hx i Hi). pose proof (Rle_abs (- dot d (x i) u)); rewrite Rabs_Ropp in *. specialize (Hc i Hi). nra.
Qed.
End Signum.

Theorem B2 (N d K : nat) (x : nat -> nat -> R) (batch : nat -> nat) (β κ γ : R)
    (η : nat -> R) (w : nat -> nat -> R) (T : nat) :
  (0 < N)%nat ->
  (forall i, (i < N)%nat -> (batch i < K)%nat) ->
  0 <= β < 1 ->
  0 < κ ->
  max_margin N d x (norminf d) γ ->
  (forall t, 0 < η t) ->
  signum_run N d K x batch β η w ->
  let R := radius1 N d x in
  - ln (INR N) + \sum_(t < T) η t * (rate N d K x β κ η γ t - η t * (R * R) / 2) <= margin N d x (w T)
  /\ norminf d (w T) <= sum T η.
Proof. intros HN Hb Hβ Hκ Hγ Hη Hrun R; pose proof Hrun as [H0 Hstep]; split.
  - apply (margin_along_a_run N d x w _ η _ R T HN Hη H0 Hstep).
    + intros t i _ Hi. rewrite <- (Rmult_1_r R). apply row_dot; auto using sign_le1; lra.
    + intros t _. eapply signum_rate; eauto.
  - apply (sign_path d η w (fun t k => sign (p_of N d K x batch β w (S t) k))); auto using sign_le1. Qed.
