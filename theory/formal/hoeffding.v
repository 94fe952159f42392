(* One step of the exponential loss, in Hoeffding's form:
   S(w + eta u) <= S(w) exp(- eta c.F + eta^2 rho^2 / 2), where |x_i.u| <= rho, and what it gives along a run. *)
From MarginProof Require Import setting.

Lemma exp_tangent y z : exp y * (1 + (z - y)) <= exp z.
Proof. replace (exp z) with (exp y * exp (z - y)) by (rewrite <- exp_plus; f_equal; ring).
  apply Rmult_le_compat_l; [apply Rlt_le, exp_pos|apply exp_ineq1_le]. Qed.

(* convexity: e^{-y} is below its chord over [-h, h] *)
Lemma chord h y : 0 < h -> Rabs y <= h -> exp (- y) <= cosh h - y / h * sinh h.
Proof. intros Hh Hy. assert (Hb : - h <= y <= h).
  { split; [pose proof (Rle_abs (- y)); rewrite Rabs_Ropp in *|pose proof (Rle_abs y)]; lra. }
  set (p := (1 - y / h) / 2). assert (Ep : y = (1 - 2 * p) * h) by (unfold p; field; lra).
  assert (Hp : 0 <= p <= 1) by (split; apply (Rmult_le_reg_r h); nra).
  replace (cosh h - y / h * sinh h) with (p * exp h + (1 - p) * exp (- h))
    by (unfold cosh, sinh, p; field; lra).
  pose proof (exp_tangent (- y) h) as H1; pose proof (exp_tangent (- y) (- h)) as H2.
  assert (p * (exp (- y) * (1 + (h - - y))) + (1 - p) * (exp (- y) * (1 + (- h - - y))) = exp (- y)).
  { rewrite Ep; ring. }
  pose proof (Rmult_le_compat_l p _ _ (proj1 Hp) H1). pose proof (Rmult_le_compat_l (1 - p) _ _ ltac:(lra) H2). lra.
Qed.

Lemma exp_le a b : a <= b -> exp a <= exp b.
Proof. intros [H| ->]; [left; apply exp_increasing; auto|lra]. Qed.

Section Curve.
(* D(t) = cosh t - s sinh t > 0, and phi(t) = t^2/2 - s t - log D(t) has phi(0) = phi'(0) = 0 and phi'' >= 0 *)
Variable s : R.
Hypothesis Hs : -1 <= s <= 1.
Let D t := cosh t - s * sinh t.
Let E t := sinh t - s * cosh t.
Let φ t := t * t / 2 - s * t - ln (D t).
Let φ' t := t - s - E t / D t.

Lemma D_gt0 t : 0 < D t.
Proof. pose proof (exp_pos t); pose proof (exp_pos (- t)).
  replace (D t) with ((1 - s) / 2 * exp t + (1 + s) / 2 * exp (- t)) by (unfold D, cosh, sinh; field).
  destruct (Rlt_le_dec s 0); nra. Qed.

Lemma D_lim t : derivable_pt_lim D t (E t).
Proof.
  apply derivable_pt_lim_minus; [apply derivable_pt_lim_cosh|]. apply derivable_pt_lim_scal, derivable_pt_lim_sinh.
Qed.

Lemma E_lim t : derivable_pt_lim E t (D t).
Proof.
  apply derivable_pt_lim_minus; [apply derivable_pt_lim_sinh|]. apply derivable_pt_lim_scal, derivable_pt_lim_cosh.
Qed.

Lemma φ'_lim t : derivable_pt_lim φ' t (1 - 0 - (D t * D t - E t * E t) / Rsqr (D t)).
Proof. pose proof (D_gt0 t). apply derivable_pt_lim_minus.
  - apply derivable_pt_lim_minus; [apply derivable_pt_lim_id|apply derivable_pt_lim_const].
  - apply (derivable_pt_lim_div E D t (D t) (E t)); [apply E_lim|apply D_lim|lra]. Qed.

Lemma φ_lim t : derivable_pt_lim φ t (φ' t).
Proof. pose proof (D_gt0 t). unfold φ'.
  replace (t - s - E t / D t) with ((1 * t + t * 1) * / 2 - s * 1 - / D t * E t) by (field; lra).
  apply derivable_pt_lim_minus; [apply derivable_pt_lim_minus|].
  - change (derivable_pt_lim (mult_fct (id * id)%F (fct_cte (/ 2))) t ((1 * t + t * 1) * / 2)).
    replace ((1 * t + t * 1) * / 2) with ((1 * id t + id t * 1) * fct_cte (/ 2) t + (id * id)%F t * 0)
      by (unfold id, fct_cte, mult_fct; ring).
    apply derivable_pt_lim_mult; [|apply derivable_pt_lim_const].
    apply derivable_pt_lim_mult; apply derivable_pt_lim_id.
  - apply derivable_pt_lim_scal, derivable_pt_lim_id.
  - apply (derivable_pt_lim_comp D ln); [apply D_lim|apply derivable_pt_lim_ln; auto]. Qed.

Lemma curve h : 0 < h -> cosh h - s * sinh h <= exp (- (s * h) + h * h / 2).
Proof. intros Hh. assert (Z : D 0 = 1 /\ E 0 = - s).
  { unfold D, E; rewrite cosh_0, sinh_0; lra. }
  assert (P : forall t, 0 < t -> 0 <= φ' t).
  { intros t Ht. destruct (MVT_cor2 φ' _ 0 t Ht (fun c _ => φ'_lim c)) as [c [Ec _]].
    assert (φ' 0 = 0) by (unfold φ'; destruct Z as [-> ->]; field). pose proof (D_gt0 c).
    assert (1 - 0 - (D c * D c - E c * E c) / Rsqr (D c) = E c / D c * (E c / D c))
      by (unfold Rsqr; field; lra).
    assert (0 <= E c / D c * (E c / D c)) by nra. nra. }
  destruct (MVT_cor2 φ _ 0 h Hh (fun c _ => φ_lim c)) as [c [Ec Hc]].
  assert (Z0 : φ 0 = 0) by (unfold φ; destruct Z as [-> _]; rewrite ln_1; field).
  assert (0 <= φ h) by (pose proof (P c (proj1 Hc)); nra). fold (D h). rewrite <- (exp_ln (D h)) by apply D_gt0.
  assert (ln (D h) <= - (s * h) + h * h / 2) by (unfold φ in *; lra). apply exp_le; auto. Qed.
End Curve.

(* Hoeffding's lemma for weights c on the simplex and values |y_i| <= h *)
Lemma hoeffding_lemma N c y h : simplex N c -> (forall i, (i < N)%nat -> Rabs (y i) <= h) -> 0 <= h ->
  \sum_(i < N) c i * exp (- y i) <= exp (- (\sum_(i < N) c i * y i) + h * h / 2).
Proof. intros [Hc H1] Hy [Hh|<-].
  - set (s := (\sum_(i < N) c i * y i) / h). assert (Hs : -1 <= s <= 1).
    { assert (Rabs (\sum_(i < N) c i * y i) <= h).
      { eapply Rle_trans; [apply sum_abs|]. rewrite <- (Rmult_1_l h), <- H1, <- sum_scal_r.
        apply sum_le; intros i Hi. rewrite Rabs_mult, Rabs_right by (apply Rle_ge; auto).
        apply Rmult_le_compat_l; auto. }
      pose proof (Rle_abs (\sum_(i < N) c i * y i)); pose proof (Rle_abs (- \sum_(i < N) c i * y i)).
      rewrite Rabs_Ropp in *. unfold s; split; apply (Rmult_le_reg_r h); auto;
        unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra. }
    replace (\sum_(i < N) c i * y i) with (s * h) by (unfold s; field; lra). eapply Rle_trans; [|apply curve; auto].
    replace (cosh h - s * sinh h) with (\sum_(i < N) c i * (cosh h - y i / h * sinh h)).
    + apply sum_le; intros i Hi; apply Rmult_le_compat_l; auto. apply chord; auto.
    + rewrite (sum_ext N _ (fun i => c i * cosh h - c i * y i * (sinh h / h)));
        [|intros; field; lra].
      rewrite sum_minus, !sum_scal_r, H1; unfold s; field; lra.
  - assert (Z : forall i, (i < N)%nat -> y i = 0).
    { intros i Hi; specialize (Hy i Hi). pose proof (Rabs_pos (y i)).
      destruct (Req_dec (y i) 0) as [|n]; auto. apply Rabs_pos_lt in n; lra. }
    rewrite (sum_ext N _ c); [|intros i Hi; rewrite Z, Ropp_0, exp_0 by auto; ring].
    rewrite H1, (sum_ext N _ (fun _ => 0)); [|intros i Hi; rewrite Z by auto; ring].
    rewrite sum_zero, <- exp_0; right; f_equal; field. Qed.

Theorem one_step (N d : nat) (x : nat -> nat -> R) (w u : nat -> R) (η ρ : R) :
  (0 < N)%nat ->
  0 <= η ->
  (forall i, (i < N)%nat -> Rabs (dot d (x i) u) <= ρ) ->
  loss N d x (fun k => w k + η * u k)
    <= loss N d x w * exp (- (η * dot d (combine N x (weights N d x w)) u) + η * η * (ρ * ρ) / 2).
Proof. intros HN Hη Hρ; set (c := weights N d x w); pose proof (loss_gt0 N d x w HN) as HS.
  assert (E : loss N d x (fun k => w k + η * u k)
              = loss N d x w * \sum_(i < N) c i * exp (- (η * dot d (x i) u))).
  { rewrite <- sum_scal; apply sum_ext; intros i _. unfold c, weights.
    rewrite dot_plus_r, dot_scal_r, Ropp_plus_distr, exp_plus; field; lra. }
  rewrite E; apply Rmult_le_compat_l; [lra|]. assert (0 <= ρ) by (eapply Rle_trans; [apply Rabs_pos|apply (Hρ O HN)]).
  eapply Rle_trans; [apply (hoeffding_lemma N c _ (η * ρ)); [apply weights_simplex; auto| |nra]|].
  - intros i Hi; rewrite Rabs_mult, Rabs_right by lra. apply Rmult_le_compat_l; auto.
  - apply exp_le. rewrite <- exchange.
    replace (\sum_(i < N) c i * (η * dot d (x i) u)) with (η * \sum_(i < N) c i * dot d (x i) u).
    + right; field.
    + rewrite <- sum_scal; apply sum_ext; intros; ring. Qed.

(* (1) of docs/proofs.md, for the loss: from w_0 = 0, where S = N *)
Theorem along_a_run (N d : nat) (x : nat -> nat -> R) (w u : nat -> nat -> R) (η r : nat -> R) (ρ : R) (T : nat) :
  (0 < N)%nat ->
  (forall t, 0 < η t) ->
  (forall k, (k < d)%nat -> w O k = 0) ->
  (forall t k, (k < d)%nat -> w (S t) k = w t k + η t * u t k) ->
  (forall t i, (t < T)%nat -> (i < N)%nat -> Rabs (dot d (x i) (u t)) <= ρ) ->
  (forall t, (t < T)%nat -> r t <= dot d (combine N x (weights N d x (w t))) (u t)) ->
  ln (loss N d x (w T)) <= ln (INR N) - \sum_(t < T) η t * (r t - η t * (ρ * ρ) / 2).
Proof. intros HN Hη H0 Hstep Hρ Hr. induction T; simpl sum; [rewrite loss_zero by auto; lra|].
  specialize (IHT (fun t i Ht => Hρ t i (Nat.lt_lt_succ_r _ _ Ht)) (fun t Ht => Hr t (Nat.lt_lt_succ_r _ _ Ht))).
  assert (E : loss N d x (w (S T)) = loss N d x (fun k => w T k + η T * u T k)).
  { apply sum_ext; intros i _; f_equal; f_equal. apply dot_ext; intros k Hk; rewrite Hstep; auto. }
  pose proof (one_step N d x (w T) (u T) (η T) ρ HN (Rlt_le _ _ (Hη T)) (fun i Hi => Hρ T i (Nat.lt_succ_diag_r T) Hi)) as H1.
  rewrite <- E in H1. specialize (Hr T (Nat.lt_succ_diag_r T)); specialize (Hη T).
  pose proof (loss_gt0 N d x (w T) HN); pose proof (loss_gt0 N d x (w (S T)) HN).
  set (F := dot d (combine N x (weights N d x (w T))) (u T)) in *.
  assert (Hln : ln (loss N d x (w (S T))) <= ln (loss N d x (w T)) + (- (η T * F) + η T * η T * (ρ * ρ) / 2)).
  { rewrite <- (ln_exp (- (η T * F) + _)), <- ln_mult by (auto using exp_pos).
    destruct H1 as [H1|H1]; [left; apply ln_increasing; auto|rewrite H1; lra]. }
  assert (η T * r T <= η T * F) by (apply Rmult_le_compat_l; lra). lra. Qed.

(* (1) of docs/proofs.md *)
Corollary margin_along_a_run (N d : nat) (x : nat -> nat -> R) (w u : nat -> nat -> R) (η r : nat -> R) (ρ : R) (T : nat) :
  (0 < N)%nat ->
  (forall t, 0 < η t) ->
  (forall k, (k < d)%nat -> w O k = 0) ->
  (forall t k, (k < d)%nat -> w (S t) k = w t k + η t * u t k) ->
  (forall t i, (t < T)%nat -> (i < N)%nat -> Rabs (dot d (x i) (u t)) <= ρ) ->
  (forall t, (t < T)%nat -> r t <= dot d (combine N x (weights N d x (w t))) (u t)) ->
  - ln (INR N) + \sum_(t < T) η t * (r t - η t * (ρ * ρ) / 2) <= margin N d x (w T).
Proof. intros HN Hη H0 Hstep Hρ Hr. eapply Rle_trans; [|apply margin_loss; auto].
  pose proof (along_a_run N d x w u η r ρ T HN Hη H0 Hstep Hρ Hr). lra. Qed.

(* a run that moves no coordinate by more than η_t from w_0 = 0 *)
Lemma sign_path d (η : nat -> R) (w u : nat -> nat -> R) (T : nat) :
  (forall t, 0 < η t) ->
  (forall k, (k < d)%nat -> w O k = 0) ->
  (forall t k, (k < d)%nat -> w (S t) k = w t k + η t * u t k) ->
  (forall t k, Rabs (u t k) <= 1) ->
  norminf d (w T) <= sum T η.
Proof. intros Hη H0 Hstep Hu; induction T; simpl sum.
  - apply norminf_lub; [lra|]. intros k Hk; rewrite H0, Rabs_R0 by auto; lra.
  - pose proof (Hη T). apply norminf_lub; [pose proof (norminf_ge0 d (w T)); lra|].
    intros k Hk; rewrite Hstep by auto. eapply Rle_trans; [apply Rabs_triang|].
    pose proof (norminf_ge d (w T) k Hk). rewrite Rabs_mult, (Rabs_right (η T)) by lra. pose proof (Hu T k). nra.
Qed.
