(* AdamProxy on two samples with two features: solutions of the limit equation are zeros of a polynomial of degree 4.
   `marginproof export` writes this text at the head of the files it makes, so it needs Coq's own library only. *)
From Coq Require Import Reals Lra.
Open Scope R_scope.

Section General.
Variables a1 a2 b1 b2 : R.
(* m, q and u of AdamProxy in one column, at c = (s, 1-s); F = X u; the limit equation *)
Definition m (a b s : R) : R := a * s + b * (1 - s).
Definition q (a b s : R) : R := a * s * (a * s) + b * (1 - s) * (b * (1 - s)).
Definition u (a b s : R) : R := m a b s / sqrt (q a b s).
Definition F1 (s : R) : R := a1 * u a1 b1 s + a2 * u a2 b2 s.
Definition F2 (s : R) : R := b1 * u a1 b1 s + b2 * u a2 b2 s.
Definition solution (s : R) : Prop :=
  0 <= s <= 1 /\ exists g, 0 < g /\ g <= F1 s /\ g <= F2 s /\ (0 < s -> F1 s = g) /\ (s < 1 -> F2 s = g).
Definition P (s : R) : R :=
  (a1 - b1) * m a1 b1 s * ((a1 - b1) * m a1 b1 s) * q a2 b2 s - (a2 - b2) * m a2 b2 s * ((a2 - b2) * m a2 b2 s) * q a1 b1 s.
Definition e (s : R) : R := (a1 - b1) * m a1 b1 s * ((a2 - b2) * m a2 b2 s).

Lemma q_gt0 a b s : a <> 0 -> b <> 0 -> 0 < q a b s.
Proof. intros Ha Hb; unfold q; destruct (Req_dec s 0) as [->|Hs].
  - pose proof (Rsqr_pos_lt b Hb); unfold Rsqr in *; lra.
  - pose proof (Rsqr_pos_lt (a * s) ltac:(apply Rmult_integral_contrapositive; auto)).
    pose proof (Rle_0_sqr (b * (1 - s))); unfold Rsqr in *; lra. Qed.

Lemma unit_pos r : 0 < r -> r / sqrt (r * r) = 1.
Proof. intros H; rewrite sqrt_square by lra; field; lra. Qed.
Lemma unit_neg r : r < 0 -> r / sqrt (r * r) = -1.
Proof. intros H; replace (r * r) with (- r * - r) by ring; rewrite sqrt_square by lra; field; lra. Qed.

Hypothesis Ha1 : a1 <> 0.  Hypothesis Ha2 : a2 <> 0.  Hypothesis Hb1 : b1 <> 0.  Hypothesis Hb2 : b2 <> 0.

Lemma roots s : exists r1 r2, 0 < r1 /\ 0 < r2 /\ r1 * r1 = q a1 b1 s /\ r2 * r2 = q a2 b2 s
  /\ F1 s = a1 * (m a1 b1 s / r1) + a2 * (m a2 b2 s / r2) /\ F2 s = b1 * (m a1 b1 s / r1) + b2 * (m a2 b2 s / r2).
Proof. pose proof (q_gt0 a1 b1 s Ha1 Hb1); pose proof (q_gt0 a2 b2 s Ha2 Hb2).
  exists (sqrt (q a1 b1 s)), (sqrt (q a2 b2 s)). repeat split; try (apply sqrt_lt_R0; auto); apply sqrt_sqrt; lra.
Qed.

Lemma forward s : F1 s = F2 s -> P s = 0 /\ e s <= 0.
Proof. destruct (roots s) as (r1 & r2 & H1 & H2 & E1 & E2 & -> & ->); intros H.
  set (X := (a1 - b1) * m a1 b1 s) in *; set (Y := (a2 - b2) * m a2 b2 s) in *. assert (Z : X * r2 = - (Y * r1)).
  { assert (X / r1 + Y / r2 = 0) by (unfold X, Y; unfold Rdiv in *; lra).
    replace (X * r2) with ((X / r1 + Y / r2) * (r1 * r2) - Y * r1) by (field; lra). rewrite H0; ring. }
  split.
  - unfold P; fold X Y; rewrite <- E1, <- E2.
    replace (X * X * (r2 * r2) - Y * Y * (r1 * r1)) with ((X * r2) * (X * r2) - (Y * r1) * (Y * r1)) by ring.
    rewrite Z; ring.
  - unfold e; fold X Y. assert (X * Y * (r1 * r2) <= 0).
    { replace (X * Y * (r1 * r2)) with ((X * r2) * (Y * r1)) by ring. rewrite Z.
      pose proof (Rle_0_sqr (Y * r1)); unfold Rsqr in *; lra. }
    assert (0 < r1 * r2) by nra. nra. Qed.

Lemma backward s : 0 <= s <= 1 -> P s = 0 -> e s < 0 -> solution s.
Proof. destruct (roots s) as (r1 & r2 & H1 & H2 & E1 & E2 & EF1 & EF2); intros Hs HP He.
  set (X := (a1 - b1) * m a1 b1 s) in *; set (Y := (a2 - b2) * m a2 b2 s) in *. assert (Z : X * r2 + Y * r1 = 0).
  { unfold P in HP; fold X Y in HP; rewrite <- E1, <- E2 in HP; unfold e in He; fold X Y in He.
    assert (K : (X * r2 - Y * r1) * (X * r2 + Y * r1) = 0)
      by (replace (_ * _) with (X * X * (r2 * r2) - Y * Y * (r1 * r1)) by ring; exact HP).
    apply Rmult_integral in K; destruct K as [K|K]; auto. exfalso. assert (X * r2 * (Y * r1) < 0) by
      (replace (X * r2 * (Y * r1)) with (X * Y * (r1 * r2)) by ring; assert (0 < r1 * r2) by nra; nra).
    replace (X * r2) with (Y * r1) in H by lra. pose proof (Rle_0_sqr (Y * r1)); unfold Rsqr in *; lra. }
  assert (EF : F1 s = F2 s).
  { rewrite EF1, EF2. assert (X / r1 + Y / r2 = 0).
    { replace (X / r1 + Y / r2) with ((X * r2 + Y * r1) / (r1 * r2)) by (field; lra). rewrite Z; field; nra. }
    unfold X, Y, Rdiv in *; lra. }
  assert (Hm : m a1 b1 s <> 0).
  { intros E; unfold e in He; rewrite E in He; lra. }
  assert (HF : F1 s = m a1 b1 s * m a1 b1 s / r1 + m a2 b2 s * m a2 b2 s / r2).
  { replace (F1 s) with (s * F1 s + (1 - s) * F2 s) by (rewrite EF; ring). rewrite EF1, EF2; unfold m; field; lra. }
  split; auto. exists (F1 s); repeat split; try lra; auto. rewrite HF.
  apply Rplus_lt_le_0_compat; [apply Rdiv_lt_0_compat; auto; apply Rsqr_pos_lt; auto|].
  apply Rmult_le_pos; [apply Rle_0_sqr|left; apply Rinv_0_lt_compat; auto]. Qed.
End General.

(* one step of Horner's scheme, differentiated *)
Lemma horner a f s l : derivable_pt_lim f s l -> derivable_pt_lim (fun x => a + x * f x) s (0 + (1 * f s + s * l)).
Proof. intros H. apply (derivable_pt_lim_plus (fct_cte a) (id * f)%F s 0 (1 * f s + s * l)).
  - apply derivable_pt_lim_const.
  - apply (derivable_pt_lim_mult id f s 1 l); auto. apply derivable_pt_lim_id. Qed.

(* a polynomial of degree 4 with positive Bernstein coefficients on an interval is positive there *)
Lemma bernstein c0 c1 c2 c3 c4 x y : 0 < c0 -> 0 < c1 -> 0 < c2 -> 0 < c3 -> 0 < c4 -> 0 <= x -> 0 <= y -> 0 < x + y ->
  0 < c0 * (y * y * y * y) + c1 * (x * y * y * y) + c2 * (x * x * y * y) + c3 * (x * x * x * y) + c4 * (x * x * x * x).
Proof. intros C0 C1 C2 C3 C4 [Hx|<-] Hy Hxy.
  - assert (forall z, 0 <= z -> 0 <= x * z) by (intros; nra). assert (0 < x * x) by nra.
    assert (0 <= y * y) by nra. assert (0 < x * x * x * x) by (assert (0 < x * x * x) by nra; nra).
    assert (0 <= y * y * y) by nra. assert (0 <= y * y * y * y) by nra.
    assert (0 <= x * y * y * y) by nra. assert (0 <= x * x * y * y) by nra. assert (0 <= x * x * x * y) by nra.
    assert (0 < c4 * (x * x * x * x)) by nra. repeat match goal with H : 0 < ?c |- context [?c * ?t] =>
      lazymatch goal with _ : 0 <= c * t |- _ => fail | _ => assert (0 <= c * t) by nra end end. lra.
  - assert (0 < y) by lra. assert (0 < y * y) by nra. assert (0 < y * y * y * y) by (assert (0 < y * y * y) by nra; nra). nra.
Qed.
