(* I12: a relatively periodic run of Inc-Adam at a constant step solves its own field's equation at effective betas. *)
From MarginProof Require Import setting.

Section EffectiveBetas.
Variables (N d K : nat) (x : nat -> nat -> R) (batch : nat -> nat) (β1 β2 η γ : R) (w m v : nat -> nat -> R).

(* minus the gradient of step t in column k: batch j holds the rows i with batch i = j, and is visited where t mod K = j *)
Definition gradient (t k : nat) : R :=
  \sum_(i < N) (if Nat.eqb (batch i) (t mod K) then exp (- dot d (x i) (w t)) * x i k else 0).
Definition inc_adam : Prop := forall t k, (k < d)%nat ->
  m (S t) k = β1 * m t k + (1 - β1) * gradient t k /\
  v (S t) k = β2 * v t k + (1 - β2) * (gradient t k * gradient t k) /\
  w (S t) k = w t k + η * (m (S t) k / sqrt (v (S t) k)).
(* every margin grows by gamma an epoch, and the moments repeat in units of the gradients *)
Definition relatively_periodic : Prop :=
  (forall t i, (i < N)%nat -> dot d (x i) (w (t + K)%nat) = dot d (x i) (w t) + γ) /\
  (forall t k, (k < d)%nat -> m (t + K)%nat k = exp (- γ) * m t k /\ v (t + K)%nat k = exp (- (2 * γ)) * v t k).

Definition growth : R := exp (γ / INR K).
Definition β1' : R := β1 * growth.
Definition β2' : R := β2 * (growth * growth).
(* the weights at the visits, up to a common factor, and Inc-Adam's field (section 2 of docs/proofs.md) at betas b1, b2 *)
Definition weight (i : nat) : R := exp (- dot d (x i) (w (batch i))) * growth ^ batch i.
Definition batch_sum (c : nat -> R) (j k : nat) : R :=
  \sum_(i < N) (if Nat.eqb (batch i) (j mod K) then c i * x i k else 0).
Definition field (b1 b2 : R) (c : nat -> R) (k : nat) : R :=
  \sum_(p < K) (\sum_(r < K) b1 ^ r * batch_sum c (p + K - r) k)
             / sqrt (\sum_(r < K) b2 ^ r * (batch_sum c (p + K - r) k * batch_sum c (p + K - r) k)).
Definition κ : R := η * ((1 - β1) / sqrt (1 - β2) * (sqrt (1 - β2' ^ K) / (1 - β1' ^ K))).

Hypothesis HK : (0 < K)%nat.
Hypothesis Hβ1 : 0 <= β1.
Hypothesis summable : β1 * β1 < β2 < 1.
Hypothesis below : β2' < 1.
Hypothesis Hrun : inc_adam.
Hypothesis Hper : relatively_periodic.

Lemma growth_pow n : growth ^ n = exp (INR n * (γ / INR K)).
Proof. apply exp_pow. Qed.
Lemma growth_K : growth ^ K = exp γ.
Proof. rewrite growth_pow; f_equal; field; apply not_0_INR; lia. Qed.
Lemma growth_gt0 n : 0 < growth ^ n.
Proof. rewrite growth_pow; apply exp_pos. Qed.

Lemma pow_lt_1 b n : 0 <= b < 1 -> (0 < n)%nat -> 0 < 1 - b ^ n.
Proof. intros Hb Hn; destruct n as [|n]; [lia|]; simpl. assert (0 <= b ^ n <= 1); [|nra].
  clear Hn; induction n; simpl; [lra|nra]. Qed.

Lemma later q t i : (i < N)%nat -> dot d (x i) (w (t + q * K)%nat) = dot d (x i) (w t) + INR q * γ.
Proof. intros Hi; induction q; [rewrite Nat.add_0_r; simpl; lra|].
  replace (t + S q * K)%nat with (t + q * K + K)%nat by lia. rewrite (proj1 Hper), IHq, S_INR by auto; lra. Qed.

(* in units of growth^t the gradients have period K *)
Lemma gradient_is t k : growth ^ t * gradient t k = batch_sum weight t k.
Proof. unfold gradient, batch_sum; rewrite <- sum_scal; apply sum_ext; intros i Hi.
  destruct (Nat.eqb_spec (batch i) (t mod K)) as [E|]; [|ring].
  pose proof (Nat.div_mod t K ltac:(lia)) as Ht. unfold weight; rewrite E.
  rewrite Ht at 1 2. replace (K * (t / K) + t mod K)%nat with (t mod K + t / K * K)%nat by lia.
  rewrite later, !growth_pow, plus_INR, mult_INR by auto. rewrite <- !Rmult_assoc, <- !exp_plus. f_equal. f_equal.
  field; apply not_0_INR; lia. Qed.

(* K steps of a moving average, and the value that repeats up to a factor *)
Lemma unrolled b (a g : nat -> R) n : (forall t, a (S t) = b * a t + (1 - b) * g t) ->
  forall t, a (t + n)%nat = b ^ n * a t + (1 - b) * \sum_(r < n) b ^ r * g (t + n - S r)%nat.
Proof. intros H; induction n; intros t; [rewrite Nat.add_0_r; simpl; ring|].
  rewrite <- Nat.add_succ_comm, IHn, H. rewrite sum_S. replace (S t + n - S n)%nat with t by lia. simpl pow; ring.
Qed.

Lemma steady b e (a g G : nat -> R) : 0 < e -> (b * e) ^ K <> 1 ->
  (forall t, a (S t) = b * a t + (1 - b) * g t) -> (forall t, e ^ K * a (t + K)%nat = a t) ->
  (forall t, e ^ t * g t = G t) ->
  forall p, e ^ (p + K) * a (S p + K)%nat = (1 - b) / (1 - (b * e) ^ K) * \sum_(r < K) (b * e) ^ r * G (p + K - r)%nat.
Proof. intros He Hb Ha Hp Hg p. pose proof (unrolled b a g K Ha (S p)) as H.
  rewrite <- (Hp (S p)) in H. rewrite Rpow_mult_distr in *.
  assert (E : (1 - b ^ K * e ^ K) * a (S p + K)%nat = (1 - b) * \sum_(r < K) b ^ r * g (S p + K - S r)%nat) by lra.
  apply (Rmult_eq_reg_l (1 - b ^ K * e ^ K)); [|lra].
  rewrite <- Rmult_assoc, (Rmult_comm _ (e ^ (p + K))), Rmult_assoc, E.
  transitivity ((1 - b) * \sum_(r < K) (b * e) ^ r * G (p + K - r)%nat); [|field; lra].
  rewrite <- !sum_scal; apply sum_ext; intros r Hr. rewrite <- Hg, Rpow_mult_distr.
  replace (S p + K - S r)%nat with (p + K - r)%nat by lia.
  replace (e ^ (p + K)) with (e ^ (r + (p + K - r))) by (f_equal; lia). rewrite pow_add; ring. Qed.

Lemma step_is p k : (k < d)%nat -> η * (m (S p + K)%nat k / sqrt (v (S p + K)%nat k))
  = κ * ((\sum_(r < K) β1' ^ r * batch_sum weight (p + K - r) k)
         / sqrt (\sum_(r < K) β2' ^ r * (batch_sum weight (p + K - r) k * batch_sum weight (p + K - r) k))).
Proof. intros Hk. pose proof (growth_gt0 1) as Hg; simpl in Hg; rewrite Rmult_1_r in Hg.
  pose proof (growth_gt0 (p + K)) as HE. assert (0 <= β1' < 1) by (unfold β1', β2' in *; split; nra).
  assert (0 <= β2') by (unfold β2'; nra).
  pose proof (pow_lt_1 β1' K ltac:(auto) HK); pose proof (pow_lt_1 β2' K ltac:(lra) HK).
  pose proof (steady β1 growth (fun t => m t k) (fun t => gradient t k) (fun t => batch_sum weight t k) Hg) as Em.
  pose proof (steady β2 (growth * growth) (fun t => v t k) (fun t => gradient t k * gradient t k)
    (fun t => batch_sum weight t k * batch_sum weight t k) ltac:(nra)) as Ev.
  fold β1' in Em; fold β2' in Ev. assert (Hinv : exp γ * exp (- γ) = 1) by (rewrite <- exp_plus, Rplus_opp_r; apply exp_0).
  specialize (Em ltac:(lra) (fun t => proj1 (Hrun t k Hk))); specialize (Ev ltac:(lra) (fun t => proj1 (proj2 (Hrun t k Hk)))).
  rewrite Rpow_mult_distr, growth_K in Ev; rewrite growth_K in Em.
  specialize (Em ltac:(intros t; rewrite (proj1 (proj2 Hper t k Hk)), <- Rmult_assoc, Hinv; lra) (fun t => gradient_is t k) p).
  assert (Ev' : forall t, exp γ * exp γ * v (t + K)%nat k = v t k).
  { intros t; rewrite (proj2 (proj2 Hper t k Hk)). replace (- (2 * γ)) with (- γ + - γ) by ring. rewrite exp_plus.
    transitivity ((exp γ * exp (- γ)) * (exp γ * exp (- γ)) * v t k); [ring|rewrite Hinv; ring]. }
  specialize (Ev Ev' ltac:(intros t; rewrite Rpow_mult_distr, <- gradient_is; ring) p). unfold κ.
  replace (m (S p + K)%nat k / sqrt (v (S p + K)%nat k))
    with (growth ^ (p + K) * m (S p + K)%nat k / sqrt ((growth * growth) ^ (p + K) * v (S p + K)%nat k)).
  2:{ rewrite Rpow_mult_distr, sqrt_mult_alt, sqrt_square by nra. unfold Rdiv; rewrite Rinv_mult; set (s := / sqrt _); field; lra. }
  rewrite Em, Ev, sqrt_mult_alt by (left; apply Rdiv_lt_0_compat; lra). rewrite sqrt_div_alt by lra.
  assert (0 < sqrt (1 - β2)) by (apply sqrt_lt_R0; lra). assert (0 < sqrt (1 - β2' ^ K)) by (apply sqrt_lt_R0; lra).
  unfold Rdiv; rewrite !Rinv_mult, Rinv_inv; set (s := / sqrt (sum K _)); field; repeat split; lra. Qed.

Lemma path n t : forall k, (k < d)%nat ->
  w (t + n)%nat k - w t k = \sum_(p < n) η * (m (S p + t)%nat k / sqrt (v (S p + t)%nat k)).
Proof. induction n; intros k Hk; [rewrite Nat.add_0_r; simpl; lra|]. rewrite sum_S, <- IHn by auto.
  cbv beta; rewrite Nat.add_succ_r, (proj2 (proj2 (Hrun (t + n)%nat k Hk))). replace (S n + t)%nat with (S (t + n)) by lia. lra.
Qed.

Lemma effective k : (k < d)%nat -> w (K + K)%nat k - w K k = κ * field β1' β2' weight k.
Proof. intros Hk; rewrite path by auto. unfold field; rewrite <- sum_scal; apply sum_ext; intros; apply step_is; auto. Qed.
End EffectiveBetas.

Theorem I12 (N d K : nat) (x : nat -> nat -> R) (batch : nat -> nat) (β1 β2 η γ : R) (w m v : nat -> nat -> R) :
  (0 < K)%nat ->
  0 <= β1 ->
  β1 * β1 < β2 < 1 ->
  γ < INR K / 2 * ln (/ β2) ->
  inc_adam N d K x batch β1 β2 η w m v ->
  relatively_periodic N d K x γ w m v ->
  let u := field N K x batch (β1' K β1 γ) (β2' K β2 γ) (weight d K x batch γ w) in
  (forall k, (k < d)%nat -> w (K + K)%nat k - w K k = κ K β1 β2 η γ * u k) /\
  (forall i, (i < N)%nat -> γ = κ K β1 β2 η γ * dot d (x i) u).
Proof. intros HK Hb Hs Hγ Hrun Hper u. assert (HN : 0 < INR K) by (apply lt_0_INR; auto). assert (β2' K β2 γ < 1).
  { unfold β2', growth. rewrite <- (exp_ln β2) at 1 by nra. rewrite <- !exp_plus, <- exp_0. apply exp_increasing.
    rewrite ln_Rinv in Hγ by nra. apply (Rmult_lt_reg_l (INR K / 2)); [lra|]. unfold Rdiv in *. field_simplify; [|lra]. lra. }
  assert (E : forall k, (k < d)%nat -> w (K + K)%nat k - w K k = κ K β1 β2 η γ * u k) by (apply effective with (m := m) (v := v); auto).
  split; auto. intros i Hi. rewrite <- dot_scal_r.
  rewrite (dot_ext d (x i) _ (x i) (fun k => w (K + K)%nat k - w K k)) by (intros; rewrite E; auto).
  unfold dot; rewrite (sum_ext d _ (fun k => x i k * w (K + K)%nat k - x i k * w K k)) by (intros; ring).
  rewrite sum_minus. pose proof (proj1 Hper K i Hi) as Hz; unfold dot in Hz; lra. Qed.
