(* B3: AdamProxy.  c.F >= lambda = gamma_inf^2 / sum_k max_i |x_i[k]| and |u_k| <= sqrt N, then (1). *)
From MarginProof Require Import setting b6 hoeffding.

(* u = m / sqrt q, m = X^T c, q = (X o X)^T (c o c) *)
Definition proxy N (x : nat -> nat -> R) (c : nat -> R) (k : nat) : R := combine N x c k / sqrt (second N x c k).
Definition proxy_run N d x (η : nat -> R) (w : nat -> nat -> R) : Prop :=
  (forall k, (k < d)%nat -> w O k = 0) /\
  forall t k, (k < d)%nat -> w (S t) k = w t k + η t * proxy N x (weights N d x (w t)) k.

(* (sum a)^2 <= N sum a^2 *)
Lemma square_sum n a : sum n a * sum n a <= INR n * \sum_(i < n) a i * a i.
Proof. pose proof (cauchy n (fun _ => 1) a) as H; unfold dot in H.
  rewrite (sum_ext n (fun i => 1 * a i) a) in H by (intros; ring).
  rewrite (sum_ext n (fun i => 1 * 1) (fun _ => 1)), sum_const, Rmult_1_r in H by (intros; ring). exact H. Qed.

(* Titu: (sum |a|)^2 <= (sum a^2/s) (sum s) *)
Lemma titu n a s : (forall i, (i < n)%nat -> 0 < s i) ->
  norm1 n a * norm1 n a <= (\sum_(i < n) a i * a i / s i) * sum n s.
Proof.
  intros Hs. pose proof (cauchy n (fun i => Rabs (a i) / sqrt (s i)) (fun i => sqrt (s i))) as H. unfold dot in H.
  rewrite (sum_ext n _ (fun i => Rabs (a i))) in H.
  2:{ intros i Hi; field; apply Rgt_not_eq, sqrt_lt_R0; auto. }
  rewrite (sum_ext n (fun i => _ / _ * _) (fun i => a i * a i / s i)) in H.
  2:{ intros i Hi; pose proof (sqrt_lt_R0 _ (Hs i Hi)).
      transitivity (Rabs (a i) * Rabs (a i) / (sqrt (s i) * sqrt (s i))); [field; lra|].
      rewrite sqrt_sqrt by (left; auto). rewrite <- Rabs_mult, Rabs_right; auto. apply Rle_ge, Rle_0_sqr. }
  rewrite (sum_ext n (fun i => sqrt (s i) * sqrt (s i)) s) in H; auto. intros i Hi; apply sqrt_sqrt; left; auto. Qed.

Section Field.
Variables (N d : nat) (x : nat -> nat -> R) (c : nat -> R).
Hypothesis HN : (0 < N)%nat.
Hypothesis Hc : simplex N c.

Lemma second_ge0 k : 0 <= second N x c k.
Proof. apply sum_ge0; intros; apply Rle_0_sqr. Qed.

(* m^2 <= N q *)
Lemma proxy_le k : Rabs (proxy N x c k) <= sqrt (INR N).
Proof. unfold proxy; destruct (sqrt_pos (second N x c k)) as [Hs|Hs].
  - apply Rsqr_incr_0_var; [|apply sqrt_pos]. rewrite <- Rsqr_abs, Rsqr_sqrt by apply pos_INR.
    replace (Rsqr (combine N x c k / sqrt (second N x c k)))
      with (combine N x c k * combine N x c k * / (sqrt (second N x c k) * sqrt (second N x c k)))
      by (unfold Rsqr; field; lra).
    rewrite sqrt_sqrt by apply second_ge0. assert (0 < second N x c k).
    { destruct (second_ge0 k) as [|E]; auto. rewrite <- E, sqrt_0 in Hs; lra. }
    apply (Rmult_le_reg_r (second N x c k)); auto. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
    apply (square_sum N (fun i => c i * x i k)).
  - rewrite <- Hs; unfold Rdiv; rewrite Rinv_0, Rmult_0_r, Rabs_R0; apply sqrt_pos. Qed.

(* q_k <= D_k^2 *)
Lemma second_le k : sqrt (second N x c k) <= column_max N x k.
Proof. destruct Hc as [Hc0 Hc1]. set (D := column_max N x k).
  assert (HD : forall i, (i < N)%nat -> Rabs (x i k) <= D) by (intros; apply entry_le; auto).
  assert (0 <= D) by (eapply Rle_trans; [apply Rabs_pos|apply (HD O HN)]).
  rewrite <- (sqrt_square D) by auto. apply sqrt_le_1_alt.
  apply Rle_trans with (\sum_(i < N) c i * (D * D)); [|rewrite sum_scal_r, Hc1; lra].
  apply sum_le; intros i Hi; specialize (HD i Hi); specialize (Hc0 i Hi).
  assert (c i <= 1) by (rewrite <- Hc1; apply (sum_term N c); auto; apply Hc). assert (x i k * x i k <= D * D).
  { rewrite <- (Rabs_right (x i k * x i k)), Rabs_mult by apply Rle_ge, Rle_0_sqr.
    apply Rmult_le_compat; auto using Rabs_pos. }
  replace (c i * x i k * (c i * x i k)) with (c i * (c i * (x i k * x i k))) by ring.
  apply Rmult_le_compat_l; auto. pose proof (Rle_0_sqr (x i k)); unfold Rsqr in *. nra. Qed.

Lemma proxy_rate γ :
  max_margin N d x (norminf d) γ -> 0 <= γ ->
  (forall k, (k < d)%nat -> exists i, (i < N)%nat /\ x i k <> 0) ->
  γ * γ / sum d (column_max N x) <= dot d (combine N x c) (proxy N x c).
Proof. intros Hγ Hγ0 Hcol. set (m := combine N x c). destruct Hc as [Hc0 Hc1].
  assert (HD : forall k, (k < d)%nat -> 0 < column_max N x k).
  { intros k Hk; destruct (Hcol k Hk) as [i [Hi Hx]].
    eapply Rlt_le_trans; [apply Rabs_pos_lt; eauto|apply entry_le; auto]. }
  apply Rle_trans with (\sum_(k < d) m k * m k / column_max N x k).
  - assert (Hm : γ <= norm1 d m).
    { rewrite <- (Rmult_1_r γ), <- Hc1; apply weighted_linf; auto. }
    pose proof (titu d m (column_max N x) HD) as Ht.
    assert (0 <= sum d (column_max N x)) by (apply sum_ge0; intros; left; auto). destruct H as [H|<-].
    + apply (Rmult_le_reg_r (sum d (column_max N x))); auto.
      unfold Rdiv at 1; rewrite Rmult_assoc, Rinv_l by lra. nra.
    + unfold Rdiv at 1; rewrite Rinv_0, Rmult_0_r. apply sum_ge0; intros k Hk.
      apply Rmult_le_pos; [apply Rle_0_sqr|left; apply Rinv_0_lt_compat; auto].
  - apply sum_le; intros k Hk. unfold proxy; fold (m k) m.
    pose proof (second_le k) as Hq. destruct (sqrt_pos (second N x c k)) as [Hs|Hs].
    + unfold Rdiv; rewrite <- Rmult_assoc. apply Rmult_le_compat_l; [apply Rle_0_sqr|]. apply Rinv_le_contravar; auto.
    + (* q = 0: every c_i x_i[k] is 0, and so is m *)
      assert (Z : m k = 0).
      { pose proof (square_sum N (fun i => c i * x i k)) as Hm. change (m k * m k <= INR N * second N x c k) in Hm.
        rewrite (sqrt_eq_0 (second N x c k)) in Hm by auto using second_ge0. nra. }
      rewrite Z; unfold Rdiv; rewrite !Rmult_0_l; lra. Qed.
End Field.

Theorem B3 (N d : nat) (x : nat -> nat -> R) (γ : R) (η : nat -> R) (w : nat -> nat -> R) (T : nat) :
  (0 < N)%nat ->
  max_margin N d x (norminf d) γ ->
  (forall k, (k < d)%nat -> exists i, (i < N)%nat /\ x i k <> 0) ->
  (forall t, 0 < η t) ->
  proxy_run N d x η w ->
  let λ := γ * γ / sum d (column_max N x) in
  let ρ := sqrt (INR N) * radius1 N d x in
  ln (loss N d x (w T)) <= ln (INR N) - \sum_(t < T) η t * (λ - η t * (ρ * ρ) / 2)
  /\ (forall c, simplex N c -> λ <= dot d (combine N x c) (proxy N x c))
  /\ (forall c k, simplex N c -> Rabs (proxy N x c k) <= sqrt (INR N)).
Proof. intros HN Hγ Hcol Hη [H0 Hstep] λ ρ. assert (Hγ0 : 0 <= γ) by (eapply max_margin_ge0; eauto).
  set (u := fun t => proxy N x (weights N d x (w t))). split; [|split].
  - apply (along_a_run N d x w u η (fun _ => λ) ρ T HN Hη H0 Hstep).
    + intros t i _ Hi. unfold ρ; rewrite Rmult_comm. apply row_dot; [auto|intros; apply proxy_le|apply sqrt_pos].
    + intros t _. apply proxy_rate; auto. apply weights_simplex; auto.
  - intros c Hc; apply proxy_rate; auto.
  - intros c k Hc; apply proxy_le. Qed.
