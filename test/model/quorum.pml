/* The protocol of storage/quorum in small: N copies, a write quorum VW, a read quorum VR, and K candidates. The first
   begins as the open writer; each other may try to take over at any time. docs/quorum.md says which function each
   action stands for, and what is left out.

   Chance stands for what is not modelled. A message is what its receiver does about it, at any time or never; a
   candidate may stop for ever, or wake up in a later epoch; a torn batch never came. What only its own side can see
   (an acknowledgement heard, a log chosen) happens at once: later would be the same as doing nothing in between.

   A batch is the j-th of its candidate: 0 opens the epoch, 1 … D are data. Bit k * W + j of a set stands for it, and
   a log is the set of its batches: since each names what it chains to, a greater one never comes before a smaller.

   Each rule can be taken out (-DBREAK_…): run_models.py looks that then something is lost. */

#ifndef N
#define N 4
#endif
#ifndef VW
#define VW 3
#endif
#ifndef VR
#define VR 2
#endif
#ifndef K
#define K 4
#endif
#ifndef D
#define D 1 /* data batches a candidate may make */
#endif
#ifndef DATA
#define DATA 2 /* … and all of them together */
#endif
#ifndef ROTS
#define ROTS 0 /* how many last batches may be found damaged */
#endif
#define AHEAD D /* L: how far an LSN may run ahead of the durable one */
#define W (D + 1)

#define bit(b) (1 << (b))
#define batch(k, j) ((k) * W + (j))
#define opening(k) bit(batch(k, 0))
#define older(k) (opening(k) - 1)                  /* all batches of the candidates before k */
#define up_to(k) (opening((k) + 1) - 1)            /* … and of k */
#define own(k) (((2 << data[k]) - 1) << ((k) * W)) /* what k made */
#define log_of(k) (kept[k] | own(k))
#define known_durable(k) (kept[k] | own(k) & ((2 << batch(k, vdl[k])) - 1))
#ifdef TWINS /* the last two candidates take the same epoch */
#define epoch(k) ((k) == K - 1 -> K - 1 : (k) + 1)
#else
#define epoch(k) ((k) + 1)
#endif

/* applied is the beginning of verified, verified of held. */
typedef Copy {
  byte promised;  /* to the candidate of the newest epoch */
  bool uncertain; /* the end of the log was found damaged */
  short held;     /* the log */
  short verified; /* known to be of the promised epoch's log */
  short applied;  /* known durable: what readers see */
  short acked     /* acknowledged to its writer, and not durable yet */
};
Copy copy[N];

/* Candidates. */
byte answers[K], certain[K]; /* promises it has; those of them that vouch for the end of their log */
short best[K];               /* the log to be kept, of those reported */
bool chosen[K], open[K];
short kept[K];
byte data[K], vdl[K]; /* batches made; the last durable one, once open */
byte opens_at[K];     /* LSN */
byte made, rots;
short durable; /* all that any writer called so */

hidden byte c, n, e, news;
/* Always 0: they name what an assertion is about. */
hidden byte acknowledged_is_lost, epoch_has_two_writers, lsn_is_used_twice, applied_is_not_durable, copies_differ,
  copy_refuses_without_reason;
hidden int next, below, x, y;

/* ---- promises: CopyState::OnPromise, CopyHost::PersistPromises, RecoverySession::OnPromise ---- */

#ifdef BREAK_ONE_WRITER
#define grants(i, k) (epoch(k) >= epoch(copy[i].promised) && k != copy[i].promised && copy[i].held <= up_to(k))
#else
#define grants(i, k) (epoch(k) > epoch(copy[i].promised) && copy[i].held <= up_to(k))
#endif
#if N == 4
#define count(What, k) (What(0, k) + What(1, k) + What(2, k) + What(3, k))
#elif N == 5
#define count(What, k) (What(0, k) + What(1, k) + What(2, k) + What(3, k) + What(4, k))
#endif
#ifdef BREAK_PROMISES
#define ENOUGH 1
#define VOUCHING 1
#else
#define ENOUGH VW
#define VOUCHING VR
#endif
#ifdef BREAK_UNCERTAIN
#define vouches(i) 1
#else
#define vouches(i) (!copy[i].uncertain)
#endif

/* Newer: the epoch of the last batch, then the length. */
inline report(Copy_, Candidate) {
  answers[Candidate]++;
  certain[Candidate] = certain[Candidate] + vouches(Copy_);
#ifdef BREAK_NEWEST_EPOCH
  x = copy[Copy_].held; y = best[Candidate];
  do :: x != 0 && y != 0 -> x = x & (x - 1); y = y & (y - 1) :: else -> break od;
  if :: x != 0 -> best[Candidate] = copy[Copy_].held :: else fi
#else
  if :: (copy[Copy_].held & ~best[Candidate]) > best[Candidate] -> best[Candidate] = copy[Copy_].held :: else fi
#endif
}

#ifdef BREAK_ANNUL
#define annulled(k) 1
#else
#define annulled(k) (AHEAD + (k) + 1)
#endif
/* RecoverySession::Choose and opening_lsn. That the opening comes to no copy before what was kept is seen to by the
   order in which a copy takes batches. */
inline choose(Candidate) {
  chosen[Candidate] = true; kept[Candidate] = best[Candidate];
  best[Candidate] = 0; answers[Candidate] = 0; certain[Candidate] = 0;
  e = 0;
  do :: kept[Candidate] < opening(e + 1) -> break :: else -> e++ od;
  n = 0;
  do :: n == D || kept[Candidate] < bit(batch(e, n + 1)) -> break :: else -> n++ od;
  opens_at[Candidate] = opens_at[e] + n + annulled(Candidate);
  news = 1
}

/* A candidate that cannot get enough promises any more asks in vain. */
#define PROMISE(i, k) \
  :: d_step { grants(i, k) && (chosen[k] || answers[k] + count(grants, k) >= ENOUGH) -> \
    printf("copy %d promises to %d\n", i, k); \
    copy[i].promised = k; copy[i].verified = copy[i].applied; \
    if :: !chosen[k] -> report(i, k) :: else fi }
#define may_choose(k) (!chosen[k] && answers[k] >= ENOUGH && (certain[k] >= VOUCHING || answers[k] == N))
#define CHOOSE(k) :: d_step { may_choose(k) -> printf("%d chooses\n", k); choose(k) }

/* ---- appends: VolumeOpener::SendTo, QuorumWriter::SendBatch, CopyHost::OnAppend, CopyState::OnAppend ---- */

#ifdef BREAK_FENCE
#define follows(i, k) (copy[i].promised >= k && chosen[k])
#else
#define follows(i, k) (copy[i].promised == k && chosen[k] && copy[i].held <= up_to(k))
#endif

/* CopyState::Place: a copy takes the next of Log that it lacks, and cuts what is in its way, but nothing Firm. It is
   asked for that (kDiverged) only by who was overtaken: then a later candidate opened. */
inline place(Copy_, Log, Firm, Last) {
  next = (Log) & ~copy[Copy_].held;
  next = next & -next;
  below = (Log) & (next - 1);
  if
  :: next == 0 -> copy[Copy_].verified = copy[Copy_].verified | (Log)
  :: next != 0 && ((Firm) & ~below) != 0 ->
#ifndef BROKEN
    assert((durable & ~(Last)) != 0 || copy_refuses_without_reason);
#endif
    below = 0
  :: next != 0 && ((Firm) & ~below) == 0 ->
    copy[Copy_].held = below | next;
    copy[Copy_].verified = copy[Copy_].held;
    copy[Copy_].uncertain = false
  fi
}
/* … an opening, whatever it lacks of what was kept. */
inline place_out_of_order(Copy_, Candidate) {
  if
  :: copy[Copy_].held & opening(Candidate) -> copy[Copy_].held = copy[Copy_].held | own(Candidate)
  :: else -> copy[Copy_].held = copy[Copy_].held & kept[Candidate] | opening(Candidate)
  fi;
  copy[Copy_].verified = copy[Copy_].held
}
/* … of an open writer the last batch, whatever is missing in front of it. */
inline place_last(Copy_, Candidate) {
  next = log_of(Candidate) & ~copy[Copy_].held;
  if
  :: next != 0 && (copy[Copy_].held & opening(Candidate)) != 0 ->
    do :: (next & (next - 1)) == 0 -> break :: else -> next = next & (next - 1) od;
    copy[Copy_].held = copy[Copy_].held | next;
    copy[Copy_].verified = copy[Copy_].held
  :: else -> place(Copy_, log_of(Candidate), copy[Copy_].verified, -1)
  fi
}

#define brought_up(i, k) (copy[i].promised == k && (kept[k] & ~copy[i].verified) == 0)
/* Acknowledgements are cumulative: AppendTracker::OnAck, Recount, RecoverySession::OnAck. */
#define has_acked(i, b) ((copy[i].acked & (b)) != 0)
#define next_durable(k) bit(batch(k, (open[k] -> vdl[k] + 1 : 0)))
inline acknowledge(Copy_, Candidate) {
  copy[Copy_].acked = copy[Copy_].acked | copy[Copy_].held & own(Candidate);
#ifdef BREAK_CHAIN
  x = copy[Copy_].held;
  do :: (x & (x - 1)) == 0 -> break :: else -> x = x & (x - 1) od;
  copy[Copy_].acked = copy[Copy_].acked | (x - 1) & own(Candidate);
#endif
  do
  :: (!open[Candidate] || vdl[Candidate] < data[Candidate]) && count(has_acked, next_durable(Candidate)) >= VW ->
    if :: open[Candidate] -> vdl[Candidate]++ :: else -> open[Candidate] = true fi;
    durable = durable | known_durable(Candidate);
    news = 1
  :: else -> break
  od;
#ifdef BREAK_ANNOUNCE_LATE
  if
  :: count(brought_up, Candidate) >= VW -> durable = durable | kept[Candidate]; news = 1
  :: else
  fi;
#endif
  x = 0
}

#if defined(BREAK_OPEN_BEFORE_BROUGHT_UP)
#define takes(i, k) place_out_of_order(i, k)
#elif defined(BREAK_CHAIN)
#define takes(i, k) place_last(i, k)
#else
#define takes(i, k) place(i, log_of(k), copy[i].verified, up_to(k))
#endif
#define APPEND(i, k) \
  :: d_step { follows(i, k) && (log_of(k) & ~copy[i].verified) != 0 -> printf("copy %d takes a batch of %d\n", i, k); \
    takes(i, k); acknowledge(i, k) }
/* QuorumWriter::CloseOne, within AppendTracker::room: a batch is made, and one copy has it. */
#define COMMIT(i, k) \
  :: d_step { open[k] && made < DATA && data[k] < D && data[k] < vdl[k] + AHEAD && follows(i, k) && \
      log_of(k) == copy[i].held -> printf("%d makes a batch, which copy %d takes\n", k, i); \
    data[k]++; made++; takes(i, k); acknowledge(i, k); news = 1 }

/* ---- what is durable gets around: CopyState::OnVdl; PeerCatchUp, CopyState::given_to_peers, OnPeerBatch ---- */

#ifdef BREAK_VERIFIED /* a left-over tail is taken for what the VDL is about */
#define may_apply(i, k) copy[i].held
#else
#define may_apply(i, k) (copy[i].verified & known_durable(k))
#endif
#define TELL(i, k) \
  :: d_step { open[k] && copy[i].promised == k && (may_apply(i, k) & ~copy[i].applied) != 0 -> \
    printf("copy %d hears from %d what is durable\n", i, k); \
    copy[i].applied = copy[i].applied | may_apply(i, k); copy[i].verified = copy[i].verified | copy[i].applied }

#ifdef BREAK_PEERS
#define given_by(d) copy[d].held
#else
#define given_by(d) copy[d].applied
#endif
/* What is durable beats all that is not known to be. */
#define PEER(i, d) \
  :: d_step { i != d && (given_by(d) & ~copy[i].applied) != 0 -> printf("copy %d is given a batch by copy %d\n", i, d); \
    place(i, given_by(d), copy[i].applied, -1); \
    copy[i].applied = copy[i].verified & given_by(d) }

/* A restart that finds the last batch damaged: SegmentLog::Scanner::DamageAtTail. */
#if ROTS
#define ROT(i) \
  :: d_step { rots < ROTS && copy[i].held != copy[i].applied -> printf("copy %d finds its last batch damaged\n", i); \
    rots++; \
    x = copy[i].held; \
    do :: (x & (x - 1)) == 0 -> break :: else -> x = x & (x - 1) od; \
    copy[i].held = copy[i].held & ~x; copy[i].verified = copy[i].applied; copy[i].uncertain = true }
#else
#define ROT(i)
#endif

/* ---- invariants ---- */

/* Looked at where a candidate chose, made a batch or called one durable: nothing acknowledged is lost, one epoch has
   one writer, and what an open writer used of the LSNs lies below where each later epoch begins. */
inline check_candidates() {
  c = 0;
  do
  :: c == K -> break
  :: else ->
    assert(!open[c] || (durable & older(c) & ~log_of(c)) == 0 || acknowledged_is_lost);
    e = c + 1;
    do
    :: e >= K -> break
    :: else ->
      assert(!(open[c] && open[e] && epoch(c) == epoch(e)) || epoch_has_two_writers);
      assert(!(open[c] && chosen[e]) || opens_at[c] + data[c] < opens_at[e] || lsn_is_used_twice);
      e++
    od;
    c++
  od
}
/* A copy applies only what is durable; what one applied is the beginning of what another did. */
inline check_copies() {
  c = 0;
  do
  :: c == N -> break
  :: else ->
    assert((copy[c].applied & ~durable) == 0 || applied_is_not_durable);
    assert((copy[c].applied & ~copy[c].verified) == 0 && (copy[c].verified & ~copy[c].held) == 0);
    e = c + 1;
    do
    :: e >= N -> break
    :: else ->
      x = copy[c].applied & copy[e].applied;
      y = copy[c].applied ^ copy[e].applied;
      assert(y == 0 || (y & -y) > x && (x == copy[c].applied || x == copy[e].applied) || copies_differ);
      e++
    od;
    c++
  od
}

/* ---- fewer states ---- */

/* Acknowledgements of what is durable, or never will be, and promises to who cannot get enough, tell nothing. */
#define can_ack(i, k) (copy[i].promised <= k || (copy[i].acked & own(k)) != 0)
inline forget() {
  y = ~durable; /* bits worth keeping */
  e = 0;
  do
  :: e == K -> break
  :: else ->
#if !defined(BREAK_FENCE) && !defined(BREAK_ONE_WRITER)
    if
    :: count(can_ack, e) < VW -> y = y & ~own(e)
    :: else
    fi;
    if
    :: !chosen[e] && answers[e] != 0 && answers[e] + count(grants, e) < ENOUGH ->
      answers[e] = 0; certain[e] = 0; best[e] = 0
    :: else
    fi;
#endif
    e++
  od;
  c = 0;
  do :: c == N -> break :: else -> copy[c].acked = copy[c].acked & y; c++ od
}
/* Copies are alike: states that differ by their order alone are one. */
#define weight1(i) (copy[i].promised << 20 | copy[i].held << 4 | copy[i].uncertain)
#define weight2(i) (copy[i].verified << 12 | copy[i].applied)
#define heavier(i, d) \
  (weight1(i) > weight1(d) || weight1(i) == weight1(d) && (weight2(i) > weight2(d) || \
   weight2(i) == weight2(d) && copy[i].acked > copy[d].acked))
#define swap(Field) x = copy[c].Field; copy[c].Field = copy[c + 1].Field; copy[c + 1].Field = x
inline sort() {
  e = N - 1;
  do
  :: e == 0 -> break
  :: else ->
    c = 0;
    do
    :: c == e -> break
    :: else ->
      if
      :: heavier(c, c + 1) -> swap(promised); swap(uncertain); swap(held); swap(verified); swap(applied); swap(acked)
      :: else
      fi;
      c++
    od;
    e--
  od
}

/* ---- */

#if N == 4
#define EACH_COPY(Action, k) Action(0, k) Action(1, k) Action(2, k) Action(3, k)
#define EACH_PAIR EACH_COPY(PEER, 0) EACH_COPY(PEER, 1) EACH_COPY(PEER, 2) EACH_COPY(PEER, 3)
#define EACH_ROT ROT(0) ROT(1) ROT(2) ROT(3)
#elif N == 5
#define EACH_COPY(Action, k) Action(0, k) Action(1, k) Action(2, k) Action(3, k) Action(4, k)
#define EACH_PAIR EACH_COPY(PEER, 0) EACH_COPY(PEER, 1) EACH_COPY(PEER, 2) EACH_COPY(PEER, 3) EACH_COPY(PEER, 4)
#define EACH_ROT ROT(0) ROT(1) ROT(2) ROT(3) ROT(4)
#endif
#define WRITER(k) EACH_COPY(APPEND, k) EACH_COPY(COMMIT, k) EACH_COPY(TELL, k)
#define CANDIDATE(k) EACH_COPY(PROMISE, k) CHOOSE(k) WRITER(k)

init {
  d_step {
    c = 0;
    do
    :: c == N -> break
    :: else -> copy[c].held = 1; copy[c].verified = 1; copy[c].applied = 1; c++
    od;
    chosen[0] = true; open[0] = true; durable = 1
  }
  do
  :: atomic {
    news = 0;
    if
    WRITER(0)
    CANDIDATE(1)
#if K > 2
    CANDIDATE(2)
#endif
#if K > 3
    CANDIDATE(3)
#endif
#if K > 4
    CANDIDATE(4)
#endif
    EACH_PAIR
    EACH_ROT
    fi;
    d_step {
      if :: news != 0 -> check_candidates() :: else fi;
      check_copies();
      forget();
      sort();
      news = 0
    }
  }
  od
}
