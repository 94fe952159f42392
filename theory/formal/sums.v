(* Finite sums, norms, least and largest values of functions on {0, ..., n-1}.
   A vector of length d is a function nat -> R of which the first d values count. *)
From Coq Require Export Reals Lra Lia.
Open Scope R_scope.

Fixpoint sum (n : nat) (f : nat -> R) : R :=
  match n with O => 0 | S k => sum k f + f k end.
Notation "\sum_ ( i < n ) e" := (sum n (fun i => e))
  (at level 41, i name, n at level 50, e at level 41, right associativity).

(* The least and largest value; n >= 1 is meant, n = 0 gives f 0. *)
Fixpoint min_over (n : nat) (f : nat -> R) : R :=
  match n with O => f O | S O => f O | S k => Rmin (min_over k f) (f k) end.
Fixpoint max_over (n : nat) (f : nat -> R) : R :=
  match n with O => f O | S O => f O | S k => Rmax (max_over k f) (f k) end.

Definition dot (d : nat) (a b : nat -> R) : R := \sum_(k < d) a k * b k.
Definition norm1 (d : nat) (a : nat -> R) : R := \sum_(k < d) Rabs (a k).
Definition norm2 (d : nat) (a : nat -> R) : R := sqrt (dot d a a).
Fixpoint norminf (d : nat) (a : nat -> R) : R :=
  match d with O => 0 | S k => Rmax (norminf k a) (Rabs (a k)) end.
(* -1, 0 or 1 *)
Definition sign (r : R) : R :=
  match total_order_T r 0 with inleft (left _) => -1 | inleft (right _) => 0 | inright _ => 1 end.

(* ---- sums ---- *)
Lemma sum_ext n f g : (forall i, (i < n)%nat -> f i = g i) -> sum n f = sum n g.
Proof. induction n; simpl; intros H; auto. rewrite IHn, H; auto with arith. Qed.
Lemma sum_le n f g : (forall i, (i < n)%nat -> f i <= g i) -> sum n f <= sum n g.
Proof. induction n; simpl; intros H; [lra|]. apply Rplus_le_compat; [apply IHn; auto with arith | apply H; auto]. Qed.
Lemma sum_ge0 n f : (forall i, (i < n)%nat -> 0 <= f i) -> 0 <= sum n f.
Proof. intros H; induction n; simpl; [lra|]. apply Rplus_le_le_0_compat; auto with arith. Qed.
Lemma sum_S n f : sum (S n) f = sum n f + f n.
Proof. reflexivity. Qed.
Lemma sum_head n f : sum (S n) f = f O + \sum_(i < n) f (S i).
Proof. induction n; [simpl; lra|]. rewrite sum_S, IHn; simpl; lra. Qed.
Lemma sum_rev n f : \sum_(s < S n) f (n - s)%nat = sum (S n) f.
Proof. induction n; [reflexivity|]. rewrite sum_head, (sum_S (S n)), Nat.sub_0_r, <- IHn. simpl Nat.sub; lra. Qed.
Lemma sum_plus n f g : \sum_(i < n) (f i + g i) = sum n f + sum n g.
Proof. induction n; simpl; [|rewrite IHn]; lra. Qed.
Lemma sum_minus n f g : \sum_(i < n) (f i - g i) = sum n f - sum n g.
Proof. induction n; simpl; [|rewrite IHn]; lra. Qed.
Lemma sum_scal n a f : \sum_(i < n) a * f i = a * sum n f.
Proof. induction n; simpl; [|rewrite IHn]; lra. Qed.
Lemma sum_scal_r n a f : \sum_(i < n) f i * a = sum n f * a.
Proof. induction n; simpl; [|rewrite IHn]; lra. Qed.
Lemma sum_const n a : \sum_(i < n) a = INR n * a.
Proof. induction n; [simpl; lra|]. rewrite S_INR; simpl sum; rewrite IHn; lra. Qed.
Lemma sum_zero n : \sum_(i < n) 0 = 0.
Proof. rewrite sum_const; lra. Qed.
Lemma sum_swap n m f : \sum_(i < n) \sum_(j < m) f i j = \sum_(j < m) \sum_(i < n) f i j.
Proof. induction n; simpl; [rewrite sum_zero; auto|]. rewrite IHn, <- sum_plus; auto. Qed.
Lemma sum_abs n f : Rabs (sum n f) <= \sum_(i < n) Rabs (f i).
Proof. induction n; simpl; [rewrite Rabs_R0; lra|]. eapply Rle_trans; [apply Rabs_triang|lra]. Qed.

Lemma sum_term n f j : (forall i, (i < n)%nat -> 0 <= f i) -> (j < n)%nat -> f j <= sum n f.
Proof. induction n; simpl; intros H Hj; [lia|]. assert (0 <= sum n f) by (apply sum_ge0; auto with arith).
  assert (0 <= f n) by auto. destruct (Nat.eq_dec j n) as [->|]; [lra|].
  assert (f j <= sum n f) by (apply IHn; auto with arith; lia). lra. Qed.

(* ---- least and largest values ---- *)
Lemma min_over_S n f : (0 < n)%nat -> min_over (S n) f = Rmin (min_over n f) (f n).
Proof. destruct n; [lia|reflexivity]. Qed.
Lemma max_over_S n f : (0 < n)%nat -> max_over (S n) f = Rmax (max_over n f) (f n).
Proof. destruct n; [lia|reflexivity]. Qed.

Lemma min_over_le n f i : (i < n)%nat -> min_over n f <= f i.
Proof. induction n; intros Hi; [lia|]. destruct n as [|n].
  - replace i with O by lia; simpl; lra.
  - rewrite min_over_S by lia. destruct (Nat.eq_dec i (S n)) as [->|]; [apply Rmin_r|].
    eapply Rle_trans; [apply Rmin_l|apply IHn; lia]. Qed.

Lemma max_over_ge n f i : (i < n)%nat -> f i <= max_over n f.
Proof. induction n; intros Hi; [lia|]. destruct n as [|n].
  - replace i with O by lia; simpl; lra.
  - rewrite max_over_S by lia. destruct (Nat.eq_dec i (S n)) as [->|]; [apply Rmax_r|].
    eapply Rle_trans; [apply IHn; lia|apply Rmax_l]. Qed.

Lemma min_over_glb n f a : (0 < n)%nat -> (forall i, (i < n)%nat -> a <= f i) -> a <= min_over n f.
Proof. induction n; intros Hn H; [lia|]. destruct n as [|n]; [apply H; lia|].
  rewrite min_over_S by lia. apply Rmin_glb; [apply IHn; [lia|]; intros; apply H; lia|apply H; lia]. Qed.

(* ---- products and norms ---- *)
Lemma dot_comm d a b : dot d a b = dot d b a.
Proof. apply sum_ext; intros; ring. Qed.
Lemma dot_plus_r d a b c : dot d a (fun k => b k + c k) = dot d a b + dot d a c.
Proof. unfold dot; rewrite <- sum_plus; apply sum_ext; intros; ring. Qed.
Lemma dot_scal_r d a t b : dot d a (fun k => t * b k) = t * dot d a b.
Proof. unfold dot; rewrite <- sum_scal; apply sum_ext; intros; ring. Qed.

Lemma dot_ext d a b a' b' :
  (forall k, (k < d)%nat -> a k = a' k /\ b k = b' k) -> dot d a b = dot d a' b'.
Proof. intros H; apply sum_ext; intros k Hk; destruct (H k Hk) as [-> ->]; auto. Qed.
Lemma dot_self_ge0 d a : 0 <= dot d a a.
Proof. apply sum_ge0; intros; nra. Qed.
Lemma norm1_ge0 d a : 0 <= norm1 d a.
Proof. apply sum_ge0; intros; apply Rabs_pos. Qed.
Lemma norminf_ge0 d a : 0 <= norminf d a.
Proof. induction d; simpl; [lra|]. eapply Rle_trans; [apply IHd|apply Rmax_l]. Qed.
Lemma norm2_ge0 d a : 0 <= norm2 d a.
Proof. apply sqrt_pos. Qed.
Lemma norm2_sqr d a : norm2 d a * norm2 d a = dot d a a.
Proof. apply sqrt_sqrt, dot_self_ge0. Qed.

Lemma norminf_ge d a k : (k < d)%nat -> Rabs (a k) <= norminf d a.
Proof. induction d; simpl; intros H; [lia|]. destruct (Nat.eq_dec k d) as [->|]; [apply Rmax_r|].
  eapply Rle_trans; [apply IHd; lia|apply Rmax_l]. Qed.

Lemma norminf_lub d a r : 0 <= r -> (forall k, (k < d)%nat -> Rabs (a k) <= r) -> norminf d a <= r.
Proof. intros Hr; induction d; simpl; intros H; auto. apply Rmax_lub; auto with arith. Qed.

(* Hoelder for p = infinity, and Cauchy-Schwarz *)
Lemma hoelder d a b : dot d a b <= norm1 d a * norminf d b.
Proof. unfold norm1; rewrite <- sum_scal_r; apply sum_le; intros k Hk.
  eapply Rle_trans; [apply Rle_abs|]. rewrite Rabs_mult.
  apply Rmult_le_compat_l; [apply Rabs_pos|apply norminf_ge; auto]. Qed.

Lemma dot_abs d a b r : (forall k, (k < d)%nat -> Rabs (b k) <= r) -> Rabs (dot d a b) <= norm1 d a * r.
Proof. intros H; eapply Rle_trans; [apply sum_abs|]. unfold norm1; rewrite <- sum_scal_r; apply sum_le; intros k Hk.
  rewrite Rabs_mult; apply Rmult_le_compat_l; [apply Rabs_pos|auto]. Qed.

Lemma cauchy d a b : dot d a b * dot d a b <= dot d a a * dot d b b.
Proof.
  (* the discriminant: 0 <= |B a - C b|^2 with B = b.b, C = a.b *)
  set (B := dot d b b); set (C := dot d a b).
  assert (H : 0 <= dot d (fun k => B * a k - C * b k) (fun k => B * a k - C * b k)) by apply dot_self_ge0.
  replace (dot d (fun k => B * a k - C * b k) (fun k => B * a k - C * b k))
    with (B * (dot d a a * B - C * C)) in H.
  2:{ transitivity (B * B * dot d a a + (-2 * B * C) * dot d a b + C * C * dot d b b); [unfold B, C; ring|].
      unfold dot; rewrite <- !sum_scal, <- !sum_plus; apply sum_ext; intros; ring. }
  assert (HB : 0 <= B) by apply dot_self_ge0. destruct (Req_dec B 0) as [E|E]; [|nra].
  (* b = 0 on its first d entries *)
  assert (Hz : forall k, (k < d)%nat -> b k = 0).
  { intros k Hk. assert (b k * b k <= B) by
      (apply (sum_term d (fun k => b k * b k) k); auto; intros; nra). nra. }
  replace C with 0; [rewrite E; lra|]. unfold C, dot; rewrite (sum_ext d _ (fun _ => 0)); [rewrite sum_zero; auto|].
  intros k Hk; rewrite (Hz k Hk); ring. Qed.

Lemma cauchy_norm d a b : Rabs (dot d a b) <= norm2 d a * norm2 d b.
Proof. apply Rsqr_incr_0_var; [|apply Rmult_le_pos; apply norm2_ge0]. rewrite <- Rsqr_abs; unfold Rsqr.
  replace (norm2 d a * norm2 d b * (norm2 d a * norm2 d b))
    with ((norm2 d a * norm2 d a) * (norm2 d b * norm2 d b)) by ring.
  rewrite !norm2_sqr; apply cauchy. Qed.

Lemma norm1_scal d t a : norm1 d (fun k => t * a k) = Rabs t * norm1 d a.
Proof. unfold norm1; rewrite <- sum_scal; apply sum_ext; intros; apply Rabs_mult. Qed.

Lemma norm2_scal d t a : 0 <= t -> norm2 d (fun k => t * a k) = t * norm2 d a.
Proof. intros H; unfold norm2. rewrite dot_scal_r, dot_comm, dot_scal_r.
  rewrite <- Rmult_assoc, sqrt_mult; [rewrite sqrt_square; auto|nra|apply dot_self_ge0]. Qed.

Lemma norm2_triang d a b : norm2 d (fun k => a k + b k) <= norm2 d a + norm2 d b.
Proof. pose proof (norm2_ge0 d a); pose proof (norm2_ge0 d b).
  apply Rsqr_incr_0_var; [|lra]. unfold Rsqr; rewrite norm2_sqr.
  rewrite dot_plus_r, (dot_comm d _ a), (dot_comm d _ b), !dot_plus_r, (dot_comm d b a).
  pose proof (norm2_sqr d a); pose proof (norm2_sqr d b).
  pose proof (cauchy_norm d a b); pose proof (Rle_abs (dot d a b)). nra. Qed.

Lemma sign_abs r : r * sign r = Rabs r.
Proof. unfold sign; destruct (total_order_T r 0) as [[H|H]|H].
  - rewrite Rabs_left; lra.
  - subst; rewrite Rabs_R0; lra.
  - rewrite Rabs_right; lra. Qed.

Lemma sign_le1 r : Rabs (sign r) <= 1.
Proof. unfold sign; destruct (total_order_T r 0) as [[H|H]|H].
  - rewrite Rabs_left; lra.
  - rewrite Rabs_R0; lra.
  - rewrite Rabs_right; lra. Qed.
Lemma exp_pow a n : exp a ^ n = exp (INR n * a).
Proof. induction n; [simpl; rewrite Rmult_0_l, exp_0; auto|]. rewrite S_INR, Rmult_plus_distr_r, Rmult_1_l, exp_plus, <- IHn; simpl; ring. Qed.
