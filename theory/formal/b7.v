(* B7: what steps of Adam can add to the margins, exponential loss, any batches.  With h_t = -log S_t - lambda t:
   (1) a step raises h by at most -lambda + eta_t Q sum_{s<=t} rho^{t-s} e^{-h_s};
   (2) for steps of at most eta, h_t <= max(h_0, H) + (n+1) max(J, 0). *)
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
Definition gain_of : R := (1 - β1) / sqrt (1 - β2).
Definition Q : R := gain_of * \sum_(k < d) (column_max N x k * column_max N x k / Rabs (g_of k O)).

Hypothesis HN : (0 < N)%nat.
Hypothesis Hβ1 : 0 <= β1.
Hypothesis summable : β1 * β1 < β2 < 1.
Hypothesis Hη : forall t, 0 < η t.
Hypothesis Hfirst : forall k, (k < d)%nat -> g_of k O <> 0.
Hypothesis Hrun : adam_batches.

Let D := column_max N x.
Let L t := loss N d x (w t).
Let r := sqrt β2.
Let v k t := v_of β2 (g_of k) (S t).

Lemma D_ge0 k : 0 <= D k.
Proof. eapply Rle_trans; [apply Rabs_pos|apply (entry_le N x O k HN)]. Qed.

Lemma gradient_le k t : Rabs (g_of k t) <= D k * L t.
Proof. unfold g_of, L, loss; eapply Rle_trans; [apply sum_abs|]. rewrite <- sum_scal; apply sum_le; intros i Hi.
  pose proof (exp_pos (- dot d (x i) (w t))); pose proof (entry_le N x i k Hi : _ <= D k); pose proof (D_ge0 k).
  destruct (batch t i); [|rewrite Rabs_R0; nra]. rewrite Rabs_mult, (Rabs_right (exp _)) by lra. nra. Qed.

Lemma m_abs g t : Rabs (m_of β1 g (S t)) <= (1 - β1) * \sum_(s < S t) β1 ^ (t - s) * Rabs (g s).
Proof. assert (Hb : β1 < 1) by nra. induction t as [|t IH].
  - simpl. rewrite Rmult_0_r, !Rplus_0_l, Rabs_mult, Rabs_right; lra.
  - change (m_of β1 g (S (S t))) with (β1 * m_of β1 g (S t) + (1 - β1) * g (S t)).
    eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult, (Rabs_right β1), (Rabs_right (1 - β1)) by lra.
    rewrite (sum_S (S t)), Nat.sub_diag, pow_O, Rmult_1_l.
    rewrite (sum_ext (S t) _ (fun s => β1 * (β1 ^ (t - s) * Rabs (g s)))).
    + rewrite sum_scal. pose proof (Rmult_le_compat_l β1 _ _ Hβ1 IH). lra.
    + intros s Hs. replace (S t - s)%nat with (S (t - s)) by lia. simpl; ring. Qed.

Lemma r_range : 0 < r < 1 /\ r * r = β2 /\ exp (- λ) = r /\ 0 <= ϱ < 1 /\ β1 = ϱ * r.
Proof. assert (0 < β2) by nra. assert (Hr : 0 < r) by (apply sqrt_lt_R0; auto).
  assert (Hrr : r * r = β2) by (apply sqrt_sqrt; lra). assert (E : β1 = ϱ * r) by (unfold ϱ; fold r; field; lra).
  assert (0 <= ϱ) by (apply Rmult_le_pos; [auto|left; apply Rinv_0_lt_compat; auto]). assert (ϱ * ϱ < 1).
  { apply (Rmult_lt_reg_r (r * r)); [nra|]. replace (ϱ * ϱ * (r * r)) with ((ϱ * r) * (ϱ * r)) by ring. rewrite <- E, Hrr; lra. }
  split; [split; [auto|nra]|split; [auto|split; [|split; [split; [auto|nra]|auto]]]].
  apply Rsqr_inj; [left; apply exp_pos|lra|]. unfold Rsqr; rewrite Hrr, <- exp_plus, <- (exp_ln β2) at 1 by auto.
  f_equal. unfold λ; rewrite ln_Rinv by auto. field. Qed.

Lemma v_ge k t s : (s <= t)%nat -> (1 - β2) * β2 ^ (t - s) * (g_of k s * g_of k s) <= v k t.
Proof. assert (0 < β2) by nra. unfold v; induction t as [|t IH]; intros Hs.
  - replace s with O by lia; simpl; lra.
  - change (v_of β2 (g_of k) (S (S t))) with (β2 * v_of β2 (g_of k) (S t) + (1 - β2) * (g_of k (S t) * g_of k (S t))).
    destruct (Nat.eq_dec s (S t)) as [->|].
    + rewrite Nat.sub_diag. pose proof (v_ge0 β1 β2 summable (g_of k) (S t)). simpl pow; nra.
    + specialize (IH ltac:(lia)). pose proof (Rle_0_sqr (g_of k (S t))); unfold Rsqr in *.
      replace (S t - s)%nat with (S (t - s)) by lia. pose proof (Rmult_le_compat_l β2 _ _ ltac:(lra) IH). simpl pow. nra.
Qed.

Lemma root_ge k t s : (s <= t)%nat -> sqrt (1 - β2) * r ^ (t - s) * Rabs (g_of k s) <= sqrt (v k t).
Proof. intros Hs. destruct r_range as (Hr & Hrr & _). pose proof (pow_lt r (t - s) ltac:(lra)).
  replace (sqrt (1 - β2) * r ^ (t - s) * Rabs (g_of k s)) with
    (sqrt ((1 - β2) * (r ^ (t - s) * r ^ (t - s)) * Rsqr (g_of k s))).
  - apply sqrt_le_1_alt. rewrite <- Rpow_mult_distr, Hrr. apply v_ge; auto.
  - rewrite sqrt_mult, sqrt_mult, sqrt_square, sqrt_Rsqr_abs; try apply Rle_0_sqr; try apply Rmult_le_pos; nra. Qed.

Lemma root_pos k t : (k < d)%nat -> 0 < sqrt (v k t).
Proof. intros Hk; destruct r_range as (Hr & _). eapply Rlt_le_trans; [|apply (root_ge k t O); lia].
  pose proof (sqrt_lt_R0 (1 - β2) ltac:(lra)). pose proof (Rabs_pos_lt _ (Hfirst k Hk)). repeat apply Rmult_lt_0_compat; auto. apply pow_lt; lra.
Qed.

Lemma L_h t : L t = exp (- h t) * r ^ t.
Proof. destruct r_range as (_ & _ & <- & _). rewrite exp_pow, <- exp_plus. unfold h; fold (L t).
  replace (_ + _) with (ln (L t)) by ring. symmetry; apply exp_ln, loss_gt0; auto. Qed.

(* the gradient of step s weighs at most 1 in m/sqrt v, and at most D_k/a_k e^{-h_s}, times rho^{t-s} *)
Lemma term_le k t s (far : bool) : (k < d)%nat -> (s <= t)%nat -> sqrt (1 - β2) * (β1 ^ (t - s) * Rabs (g_of k s))
  <= ϱ ^ (t - s) * (if far then 1 else D k / Rabs (g_of k O) * exp (- h s)) * sqrt (v k t).
Proof. intros Hk Hs. destruct r_range as (Hr & _ & _ & Hϱ & Eβ). rewrite Eβ, Rpow_mult_distr.
  pose proof (pow_le ϱ (t - s) ltac:(lra)) as Hp. pose proof (sqrt_lt_R0 (1 - β2) ltac:(lra)) as Hq.
  rewrite (Rmult_comm _ (_ * _ * _)), !Rmult_assoc; apply Rmult_le_compat_l; auto. destruct far.
  - pose proof (root_ge k t s Hs); lra.
  - pose proof (Rabs_pos_lt _ (Hfirst k Hk)) as Ha; set (a := Rabs (g_of k O)) in *.
    pose proof (root_ge k t O ltac:(lia)) as H0; fold a in H0; rewrite Nat.sub_0_r in H0.
    pose proof (gradient_le k s) as Hgr; rewrite L_h in Hgr. pose proof (D_ge0 k); pose proof (exp_pos (- h s)).
    pose proof (pow_lt r (t - s) ltac:(lra)) as Hr1.
    apply Rle_trans with (r ^ (t - s) * ((D k * (exp (- h s) * r ^ s)) * sqrt (1 - β2))).
    + apply Rmult_le_compat_l; [lra|]. apply Rmult_le_compat_r; lra.
    + replace (r ^ (t - s) * (D k * (exp (- h s) * r ^ s) * sqrt (1 - β2)))
        with (D k / a * exp (- h s) * (sqrt (1 - β2) * r ^ t * a)).
      * apply Rmult_le_compat_l; auto. apply Rmult_le_pos; [apply Rmult_le_pos; [auto|left; apply Rinv_0_lt_compat; auto]|lra].
      * replace (r ^ t) with (r ^ (t - s) * r ^ s) by (rewrite <- pow_add; f_equal; lia). field; lra. Qed.

Lemma ratio_le k t (far : nat -> bool) : (k < d)%nat ->
  Rabs (m_of β1 (g_of k) (S t) / sqrt (v k t))
    <= gain_of * \sum_(s < S t) ϱ ^ (t - s) * (if far s then 1 else D k / Rabs (g_of k O) * exp (- h s)).
Proof. intros Hk. pose proof (sqrt_lt_R0 (1 - β2) ltac:(lra)) as Hq. destruct r_range as (Hr & _).
  pose proof (root_pos k t Hk) as Hv.
  unfold Rdiv at 1; rewrite Rabs_mult, (Rabs_right (/ _)) by (left; apply Rinv_0_lt_compat; auto).
  apply (Rmult_le_reg_r (sqrt (v k t))); auto. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  eapply Rle_trans; [apply m_abs|]. unfold gain_of, Rdiv at 1; rewrite !Rmult_assoc; apply Rmult_le_compat_l; [nra|].
  apply (Rmult_le_reg_l (sqrt (1 - β2))); auto. rewrite <- !Rmult_assoc, Rinv_r, Rmult_1_l, <- sum_scal, <- sum_scal_r by lra.
  apply sum_le; intros s Hs. apply term_le; auto; lia. Qed.

(* a step changes -log S by at most sum_k D_k |w_{t+1}[k] - w_t[k]| *)
Lemma log_moves t q : (forall k, (k < d)%nat -> Rabs (w (S t) k - w t k) <= q k) -> - ln (L (S t)) <= - ln (L t) + \sum_(k < d) D k * q k.
Proof. intros H; set (e := sum d _). assert (L t * exp (- e) <= L (S t)).
  { unfold L, loss; rewrite <- sum_scal_r; apply sum_le; intros i Hi. rewrite <- exp_plus. apply exp_le.
    assert (dot d (x i) (w (S t)) - dot d (x i) (w t) <= e); [|lra].
    unfold dot; rewrite <- sum_minus; apply sum_le; intros k Hk. rewrite <- Rmult_minus_distr_l.
    eapply Rle_trans; [apply Rle_abs|]. rewrite Rabs_mult. apply Rmult_le_compat; auto using Rabs_pos. apply entry_le; auto. }
  pose proof (loss_gt0 N d x (w t) HN : 0 < L t). pose proof (exp_pos (- e)).
  assert (ln (L t * exp (- e)) <= ln (L (S t))).
  { destruct H0 as [H0|H0]; [left; apply ln_increasing; auto; nra|rewrite H0; lra]. }
  rewrite ln_mult, ln_exp in H3 by auto. lra. Qed.

Let B := \sum_(k < d) (D k * D k / Rabs (g_of k O)).

Lemma rise t (far : nat -> bool) : h (S t) - h t
  <= - λ + η t * (gain_of * \sum_(s < S t) ϱ ^ (t - s) * (if far s then sum d D else B * exp (- h s))).
Proof.
  set (f := fun k s => if far s then 1 else D k / Rabs (g_of k O) * exp (- h s)). unfold h; rewrite S_INR; fold (L (S t)) (L t).
  pose proof (log_moves t (fun k => η t * (gain_of * \sum_(s < S t) ϱ ^ (t - s) * f k s))) as Hm.
  assert (E : \sum_(k < d) D k * (η t * (gain_of * \sum_(s < S t) ϱ ^ (t - s) * f k s))
            = η t * (gain_of * \sum_(s < S t) ϱ ^ (t - s) * (if far s then sum d D else B * exp (- h s)))).
  { rewrite (sum_ext d _ (fun k => η t * (gain_of * \sum_(s < S t) D k * (ϱ ^ (t - s) * f k s)))) by (intros; rewrite sum_scal; ring).
    rewrite !sum_scal, sum_swap. do 2 f_equal. apply sum_ext; intros s _.
    unfold f; destruct (far s); [rewrite <- sum_scal; apply sum_ext; intros; ring|].
    unfold B; rewrite <- sum_scal_r, <- sum_scal; apply sum_ext; intros; unfold Rdiv; ring. }
  cbv beta in Hm; rewrite E in Hm. specialize (Hm ltac:(intros k Hk; rewrite Hrun by auto;
    replace (w t k + _ - w t k) with (η t * (m_of β1 (g_of k) (S t) / sqrt (v k t))) by (unfold v; ring);
    rewrite Rabs_mult, Rabs_right by (left; apply Hη); apply Rmult_le_compat_l; [left; apply Hη|apply ratio_le; auto])).
  set (X := η t * _) in *. unfold L in *; lra. Qed.

(* steps of at most top *)
Variables (top H : R) (n : nat).
Definition leap : R := top * A β1 β2 * sum d (column_max N x) - λ.
Hypothesis Htop : forall t, η t <= top.
Hypothesis Hn : top * gain_of * sum d D * ϱ ^ S n / (1 - ϱ) <= λ / 2.
Hypothesis HH : top * Q / (1 - ϱ) * exp (- H) <= λ / 2.

Lemma leap_bounds t : h (S t) - h t <= Rmax leap 0.
Proof. eapply Rle_trans; [|apply Rmax_l]. unfold leap, h; rewrite S_INR; fold (L (S t)) (L t).
  pose proof (log_moves t (fun k => top * A β1 β2)) as Hm. cbv beta in Hm; rewrite sum_scal_r in Hm. unfold D in *.
  assert (forall k, (k < d)%nat -> Rabs (w (S t) k - w t k) <= top * A β1 β2); [|specialize (Hm H0); lra].
  intros k Hk. rewrite Hrun by auto. replace (w t k + _ - w t k) with (η t * (m_of β1 (g_of k) (S t) / sqrt (v k t))) by (unfold v; ring).
  rewrite Rabs_mult, Rabs_right by (left; apply Hη). pose proof (Hη t). apply Rmult_le_compat; auto using Rabs_pos; [lra|].
  destruct (I11 β1 β2 (g_of k) (S t) summable) as [H1 H2]. eapply Rle_trans; [|apply H2]. eapply Rle_trans; [|apply H1].
  unfold Rdiv; rewrite Rabs_mult. apply Rmult_le_compat_l; [apply Rabs_pos|]. right; apply Rabs_right.
  left; apply Rinv_0_lt_compat, (root_pos k t Hk). Qed.

Lemma leaps t j : h (t + j)%nat <= h t + INR j * Rmax leap 0.
Proof.
  induction j; [rewrite Nat.add_0_r; simpl; lra|]. rewrite Nat.add_succ_r, S_INR. pose proof (leap_bounds (t + j)); lra.
Qed.

(* sum_{j<T} rho^j (a if j > n, else b) <= (a rho^{n+1} + b)/(1-rho) *)
Lemma geometric a b T : 0 <= a -> 0 <= b ->
  (1 - ϱ) * (\sum_(j < T) ϱ ^ j * (if Nat.ltb n j then a else b)) <= a * ϱ ^ S n + b.
Proof. intros Ha Hb. destruct r_range as (_ & _ & _ & Hϱ & _).
  apply Rle_trans with (if Nat.ltb n T then b + a * (ϱ ^ S n - ϱ ^ T) else b * (1 - ϱ ^ T)).
  - induction T; [simpl; lra|]. rewrite sum_S, Rmult_plus_distr_l. pose proof (pow_le ϱ T (proj1 Hϱ)).
    pose proof (pow_le ϱ (S n) (proj1 Hϱ)).
    destruct (Nat.ltb_spec n T), (Nat.ltb_spec n (S T)); try lia; simpl pow in *; try nra.
    replace T with n in * by lia. nra.
  - pose proof (pow_le ϱ T (proj1 Hϱ)); pose proof (pow_le ϱ (S n) (proj1 Hϱ)). destruct (Nat.ltb n T); nra. Qed.

Lemma quiet t : (forall s, (s <= t)%nat -> (t - s <= n)%nat -> H <= h s) -> h (S t) <= h t.
Proof. intros Hs. pose proof (rise t (fun s => Nat.ltb n (t - s))) as Hr. destruct r_range as (_ & _ & _ & Hϱ & _).
  assert (HD : 0 <= sum d D) by (apply sum_ge0; intros; apply D_ge0).
  assert (HB : 0 <= B) by (apply sum_ge0; intros k Hk; apply Rmult_le_pos; [pose proof (D_ge0 k); nra|
    left; apply Rinv_0_lt_compat, Rabs_pos_lt; auto]).
  pose proof (exp_pos (- H)). assert (Hg : 0 < gain_of) by (apply Rdiv_lt_0_compat; [nra|apply sqrt_lt_R0; lra]).
  set (X := sum (S t) _) in Hr. assert (HX : (1 - ϱ) * X <= sum d D * ϱ ^ S n + B * exp (- H)).
  { eapply Rle_trans; [|apply (geometric (sum d D) (B * exp (- H)) (S t)); nra]. apply Rmult_le_compat_l; [lra|].
    rewrite <- (sum_rev t (fun j => ϱ ^ j * (if Nat.ltb n j then sum d D else B * exp (- H)))).
    apply sum_le; intros s Hst. apply Rmult_le_compat_l; [apply pow_le; lra|].
    destruct (Nat.ltb_spec n (t - s)); [lra|]. apply Rmult_le_compat_l; auto. apply exp_le.
    specialize (Hs s ltac:(lia) ltac:(lia)); lra. }
  assert (η t * (gain_of * X) <= top * (gain_of * ((sum d D * ϱ ^ S n + B * exp (- H)) / (1 - ϱ)))).
  { assert (0 <= X). { apply sum_ge0; intros s _. apply Rmult_le_pos; [apply pow_le; lra|].
      destruct (Nat.ltb n (t - s)); auto. pose proof (exp_pos (- h s)); nra. }
    pose proof (Hη t). apply Rmult_le_compat; auto; [lra|nra|]. apply Rmult_le_compat_l; [lra|].
    apply (Rmult_le_reg_l (1 - ϱ)); [lra|]. eapply Rle_trans; [apply HX|right; field; lra]. }
  unfold Q in HH; fold D B in HH. replace (top * (gain_of * ((sum d D * ϱ ^ S n + B * exp (- H)) / (1 - ϱ)))) with
    (top * gain_of * sum d D * ϱ ^ S n / (1 - ϱ) + top * (gain_of * B) / (1 - ϱ) * exp (- H)) in H1 by (field; lra).
  lra. Qed.

Lemma near t q : (forall s, (s <= t)%nat -> (t - s < q)%nat -> H <= h s) \/ (exists s, (s <= t)%nat /\ (t - s < q)%nat /\ h s < H).
Proof. induction q as [|q [Hq|(s & H1 & H2 & H3)]]; [left; lia| |right; exists s; repeat split; auto; lia].
  destruct (Rlt_le_dec (h (t - q)) H) as [Hl|Hl].
  - destruct (Nat.le_gt_cases q t); [right; exists (t - q)%nat; repeat split; auto; lia|].
    left; intros s H1 H2; apply Hq; lia.
  - left; intros s H1 H2. destruct (Nat.eq_dec (t - s) q); [replace s with (t - q)%nat by lia; auto|apply Hq; lia].
Qed.

Lemma bounded t : h t <= Rmax (h O) H + INR (S n) * Rmax leap 0.
Proof.
  pose proof (Rmax_l (h O) H); pose proof (Rmax_r (h O) H); pose proof (Rmax_r leap 0). pose proof (pos_INR (S n)).
  induction t; [nra|]. destruct (near t (S n)) as [Hq|(s & H4 & H5 & H6)].
  - eapply Rle_trans; [apply quiet; intros; apply Hq; lia|auto].
  - pose proof (leaps s (S t - s)) as Hl. replace (s + (S t - s))%nat with (S t) in Hl by lia.
    assert (INR (S t - s) <= INR (S n)) by (apply le_INR; lia). nra. Qed.
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
Proof.
  intros HN Hb Hs Hη Hg Hrun H. eapply Rle_trans; [apply (rise N d x β1 β2 η batch w HN Hb Hs Hη Hg Hrun t (fun _ => false))|].
  right; f_equal. unfold Q; rewrite !Rmult_assoc; do 2 f_equal. rewrite <- sum_scal; apply sum_ext; intros; unfold H; ring.
Qed.

Theorem B7 (N d : nat) (x : nat -> nat -> R) (β1 β2 η0 : R) (η : nat -> R) (batch : nat -> nat -> bool)
    (w : nat -> nat -> R) (n t : nat) :
  (0 < N)%nat ->
  0 <= β1 ->
  β1 * β1 < β2 < 1 ->
  (forall t, 0 < η t) ->
  (forall t, η t <= η0) ->
  (forall k, (k < d)%nat -> g_of N d x batch w k O <> 0) ->
  adam_batches N d x β1 β2 η batch w ->
  η0 * gain_of β1 β2 * sum d (column_max N x) * ϱ β1 β2 ^ S n / (1 - ϱ β1 β2) <= λ β2 / 2 ->
  let H := ln (2 * η0 * Q N d x β1 β2 batch w / ((1 - ϱ β1 β2) * λ β2)) in
  let J := leap N d x β1 β2 η0 in
  - ln (loss N d x (w t)) <= λ β2 * INR t + Rmax (- ln (loss N d x (w O))) H + INR (S n) * Rmax J 0.
Proof. intros HN Hb Hs Hη Htop Hg Hrun Hn H J. destruct (r_range β1 β2 Hb Hs) as (_ & _ & _ & Hϱ & _).
  assert (Hλ : 0 < λ β2) by (unfold λ; rewrite ln_Rinv by nra; pose proof (ln_increasing β2 1 ltac:(nra) ltac:(lra)); rewrite ln_1 in *; lra).
  assert (HQ : 0 <= Q N d x β1 β2 batch w).
  { apply Rmult_le_pos; [left; apply Rdiv_lt_0_compat; [nra|apply sqrt_lt_R0; lra]|]. apply sum_ge0; intros k Hk.
    apply Rmult_le_pos; [apply Rle_0_sqr|left; apply Rinv_0_lt_compat, Rabs_pos_lt; auto]. }
  pose proof (Hη O); pose proof (Htop O). set (q := Q N d x β1 β2 batch w) in *.
  assert (HH : η0 * q / (1 - ϱ β1 β2) * exp (- H) <= λ β2 / 2).
  { destruct HQ as [HQ| <-]; [|unfold Rdiv; rewrite Rmult_0_r, !Rmult_0_l; lra].
    assert (0 < η0 * q) by nra. unfold H; rewrite exp_Ropp, exp_ln by (apply Rdiv_lt_0_compat; nra). right; field; lra. }
  pose proof (bounded N d x β1 β2 η batch w HN Hb Hs Hη Hg Hrun η0 H n Htop Hn HH t) as Hm. fold J in Hm.
  unfold h in Hm; rewrite Rmult_0_r, Rminus_0_r in Hm. lra. Qed.
