/* Membership changes of storage/quorum in small, beside what quorum.pml says: five copies of which three found the
   volume, a write quorum of two, and K candidates of which the first begins as the open writer. Data is left out: what
   must not be lost are the records that open epochs and those that change the membership. The quorums of a set and of
   the next need not meet here (of 4 of 6 they would), so only the rules keep things together.

   A membership is a record: who counts, and, while a change is under way, who will. A copy keeps the newest it ever
   took, in its superblock: that of a batch which is annulled later stays there. */

#ifndef K
#define K 3
#endif
#define D 2 /* membership records a candidate may make; of the first, the second and the others: */
#ifndef FIRST
#define FIRST D
#endif
#ifndef SECOND
#define SECOND D
#endif
#ifndef OTHERS
#define OTHERS 0
#endif
#define MADE (FIRST + SECOND + OTHERS * (K - 2)) /* all of them together */
#define makes(k) ((k) == 0 -> FIRST : ((k) == 1 -> SECOND : OTHERS))
#define COPIES 5
#define FOUNDERS 3
#define VW 2
#define W (D + 1)

#define bit(b) (1 << (b))
#define batch(k, j) ((k) * W + (j))
#define opening(k) bit(batch(k, 0))
#define older(k) (opening(k) - 1)
#define up_to(k) (opening((k) + 1) - 1)
#define own(k) (((2 << data[k]) - 1) << ((k) * W))
#define log_of(k) (kept[k] | own(k))

typedef Copy {
  byte promised;
  bool member; /* its standing: rebuilt, and named by a membership once */
  int held;
  int acked;
  byte newest /* membership record */
};
Copy copy[COPIES];

/* Membership records, in the order in which they were made; the first founds the volume. */
byte members[MADE + 1], next_members[MADE + 1], version[MADE + 1], maker[MADE + 1];
byte record[K * W]; /* of a batch; 0: none */
byte made;

byte known[K];   /* the membership a candidate goes by */
byte answers[K]; /* set of copies */
int best[K];
bool chosen[K], open[K];
int kept[K];
byte data[K], vdl[K];
int durable;

hidden byte c, n, e, was;
hidden int next, below, x;
hidden byte acknowledged_is_lost; /* 0: names what an assertion is about */

#define among(i, Set) (((Set) >> (i)) & 1)
#define size(Set) (among(0, Set) + among(1, Set) + among(2, Set) + among(3, Set) + among(4, Set))
#define count(What, k) (What(0, k) + What(1, k) + What(2, k) + What(3, k) + What(4, k))
#define contains(r, i) among(i, members[r] | next_members[r])
/* Membership::IsWriteQuorum */
#ifdef BREAK_BOTH_SETS
#define write_quorum(r, Set) (size((Set) & (next_members[r] == 0 -> members[r] : next_members[r])) >= VW)
#else
#define write_quorum(r, Set) \
  (size((Set) & members[r]) >= VW && (next_members[r] == 0 || size((Set) & next_members[r]) >= VW))
#endif
/* Membership::NewerThan: two writers may have given one number to different changes. */
#ifdef BREAK_TIES
#define newer(r, s) (version[r] > version[s])
#else
#define newer(r, s) (version[r] > version[s] || version[r] == version[s] && maker[r] > maker[s])
#endif

/* A candidate that cannot get enough promises any more asks in vain. */
#define at_hand(i, k) (copy[i].promised <= k)
#define may_win(k) (chosen[k] || count(at_hand, k) >= VW)
/* CopyState::OnPromise, RecoverySession::OnPromise: a newer membership starts the candidate over. */
#define grants(i, k) (copy[i].promised < k && copy[i].held <= up_to(k))
#define PROMISE(i, k) \
  :: d_step { (grants(i, k) || copy[i].promised == k && !chosen[k] && !among(i, answers[k])) && may_win(k) && \
      (chosen[k] || newer(copy[i].newest, known[k]) || copy[i].member && contains(known[k], i)) -> \
    printf("copy %d promises to %d\n", i, k); \
    copy[i].promised = k; \
    if :: !chosen[k] -> report(i, k) :: else fi }
inline report(Copy_, Candidate) {
  if
#ifndef BREAK_MEMBERSHIP
  :: newer(copy[Copy_].newest, known[Candidate]) ->
    known[Candidate] = copy[Copy_].newest; answers[Candidate] = 0; best[Candidate] = 0
#endif
  :: else ->
    if
    :: copy[Copy_].member && contains(known[Candidate], Copy_) ->
      answers[Candidate] = answers[Candidate] | bit(Copy_);
      if
      :: (copy[Copy_].held & ~best[Candidate]) > best[Candidate] -> best[Candidate] = copy[Copy_].held
      :: else
      fi
    :: else
    fi
  fi
}
/* RecoverySession::Choose */
#define CHOOSE(k) \
  :: d_step { !chosen[k] && write_quorum(known[k], answers[k]) -> printf("%d chooses\n", k); \
    chosen[k] = true; kept[k] = best[k]; best[k] = 0; answers[k] = 0 }

/* CopyHost::OnAppend, TakeMembership; AppendTracker::OnAck, Recount: by the newest membership its writer made. */
#define follows(i, k) (copy[i].promised == k && chosen[k] && copy[i].held <= up_to(k))
#define has_acked(i, b) ((copy[i].acked & (b)) != 0)
#define acks(b) \
  (has_acked(0, b) | has_acked(1, b) << 1 | has_acked(2, b) << 2 | has_acked(3, b) << 3 | has_acked(4, b) << 4)
#define next_durable(k) bit(batch(k, (open[k] -> vdl[k] + 1 : 0)))
inline recount(Candidate) {
  do
  :: (!open[Candidate] || vdl[Candidate] < data[Candidate]) &&
     write_quorum(known[Candidate], acks(next_durable(Candidate))) ->
    if :: open[Candidate] -> vdl[Candidate]++ :: else -> open[Candidate] = true fi;
    durable = durable | kept[Candidate] | own(Candidate) & ((2 << batch(Candidate, vdl[Candidate])) - 1)
  :: else -> break
  od;
  x = 0
}
inline take(Copy_, Candidate) {
  next = log_of(Candidate) & ~copy[Copy_].held;
  next = next & -next;
  below = log_of(Candidate) & (next - 1);
  copy[Copy_].held = below | next;
  n = 0;
  do :: bit(n) == next -> break :: else -> n++ od;
  if
  :: record[n] != 0 && newer(record[n], copy[Copy_].newest) ->
    copy[Copy_].newest = record[n];
    if :: contains(record[n], Copy_) -> copy[Copy_].member = true :: else fi
  :: else
  fi;
  copy[Copy_].acked = copy[Copy_].acked | copy[Copy_].held & own(Candidate);
  recount(Candidate)
}
#define APPEND(i, k) \
  :: d_step { follows(i, k) && (log_of(k) & ~copy[i].held) != 0 -> printf("copy %d takes a batch of %d\n", i, k); \
    take(i, k) }
/* What a candidate kept is confirmed to a copy that has more, by cutting it: the opening does that. */

/* QuorumWriter::LookForNewcomers, OnOpened, SendMembership; Membership::Replacing, Settled. One change at a time. */
#ifdef BREAK_ONE_CHANGE
#define may_make(k) (open[k] && data[k] < makes(k))
#else
#define may_make(k) (open[k] && data[k] < makes(k) && vdl[k] == data[k])
#endif
inline make(Candidate, Members, Next) {
  made++;
  members[made] = Members; next_members[made] = Next;
  version[made] = version[known[Candidate]] + 1; maker[made] = Candidate;
  known[Candidate] = made;
  data[Candidate]++;
  record[batch(Candidate, data[Candidate])] = made
}
/* A change that its candidate only heard of is logged again first: few may know of it. */
#ifdef BREAK_LOG_AGAIN
#define logged(k) 1
#else
#define logged(k) (maker[known[k]] == k)
#endif
#define SETTLE(k) \
  :: d_step { may_make(k) && next_members[known[k]] != 0 -> \
    if \
    :: logged(k) -> printf("%d settles\n", k); make(k, next_members[known[k]], 0) \
    :: else -> printf("%d logs again\n", k); make(k, members[known[k]], next_members[known[k]]) \
    fi }
#define caught_up(i, k) (!contains(known[k], i) && copy[i].promised == k && copy[i].held == log_of(k))
#define replaced(k, lost, fresh) (members[known[k]] & ~bit(lost) | bit(fresh))
#define REPLACE(lost, fresh, k) \
  :: d_step { lost != fresh && may_make(k) && next_members[known[k]] == 0 && among(lost, members[known[k]]) && \
      caught_up(fresh, k) -> printf("%d replaces %d by %d\n", k, lost, fresh); \
    n = replaced(k, lost, fresh); \
    make(k, members[known[k]], n) }

inline check() {
  c = 1;
  do
  :: c == K -> break
  :: else -> assert(!open[c] || (durable & older(c) & ~log_of(c)) == 0 || acknowledged_is_lost); c++
  od;
  x = 0
}

/* Acknowledgements of what is durable, or never will be, and answers to who cannot get enough, tell nothing. */
#define may_ack(i, k) ((copy[i].promised <= k || has_acked(i, own(k))) << i)
inline forget() {
  x = ~durable; /* bits worth keeping */
  e = 0;
  do
  :: e == K -> break
  :: else ->
#ifndef BREAK_ONE_CHANGE
    if
    :: !write_quorum(known[e], count(may_ack, e)) -> x = x & ~own(e)
    :: else
    fi;
#endif
    if
    :: !may_win(e) -> answers[e] = 0; best[e] = 0; known[e] = 0
    :: else
    fi;
    e++
  od;
  c = 0;
  do :: c == COPIES -> break :: else -> copy[c].acked = copy[c].acked & x; c++ od
}
/* Copies are alike: states that differ by their order alone are one. */
#define weight(i) \
  (among(i, members[0]) << 28 | among(i, members[made]) << 27 | among(i, next_members[made]) << 26 | \
   copy[i].promised << 23 | copy[i].newest << 20 | copy[i].member << 19 | copy[i].held)
#define heavier(i, d) (weight(i) > weight(d) || weight(i) == weight(d) && copy[i].acked > copy[d].acked)
#define swap(Field) x = copy[c].Field; copy[c].Field = copy[c + 1].Field; copy[c + 1].Field = x
#define swap_in(Set) if :: among(c, Set) != among(c + 1, Set) -> Set = Set ^ (3 << c) :: else fi
inline sort() {
  e = COPIES - 1;
  do
  :: e == 0 -> break
  :: else ->
    c = 0;
    do
    :: c == e -> break
    :: else ->
      if
      :: heavier(c, c + 1) ->
        swap(promised); swap(member); swap(held); swap(acked); swap(newest);
        n = 0;
        do
        :: n > made -> break
        :: else -> swap_in(members[n]); swap_in(next_members[n]); n++
        od;
        n = 0;
        do
        :: n == K -> break
        :: else -> swap_in(answers[n]); n++
        od
      :: else
      fi;
      c++
    od;
    e--
  od
}

#define EACH_COPY(Action, k) Action(0, k) Action(1, k) Action(2, k) Action(3, k) Action(4, k)
#define REPLACES(fresh, k) \
  REPLACE(0, fresh, k) REPLACE(1, fresh, k) REPLACE(2, fresh, k) REPLACE(3, fresh, k) REPLACE(4, fresh, k)
#define WRITER(k) EACH_COPY(APPEND, k) SETTLE(k) EACH_COPY(REPLACES, k)
#define CANDIDATE(k) EACH_COPY(PROMISE, k) CHOOSE(k) WRITER(k)

init {
  d_step {
    c = 0;
    do
    :: c == COPIES -> break
    :: else -> copy[c].held = 1; copy[c].member = (c < FOUNDERS); c++
    od;
    members[0] = bit(FOUNDERS) - 1; version[0] = 1;
    chosen[0] = true; open[0] = true; durable = 1
  }
  do
  :: atomic {
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
    fi;
    d_step { check(); forget(); sort(); e = 0 }
  }
  od
}
