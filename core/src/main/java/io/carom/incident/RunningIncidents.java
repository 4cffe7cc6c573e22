package io.carom.incident;

import io.carom.incident.FindingsByEntity.Group;
import io.carom.party.Link;
import io.carom.party.Parties;
import io.carom.trace.History;
import io.carom.trace.Launch;
import io.carom.trace.Ledger;
import io.carom.trace.Suspicion;
import io.carom.trace.Trace;
import io.carom.trace.Tracer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Incidents of findings that go on coming: what {@link Incidents#of} would say of all of them, with only
/// that told again that something new touches.
///
/// Two things are done in turns, or by a thread each. {@link #told} groups what was found and tells the
/// stories, by what traces are known: it waits for nothing. {@link #trace} traces what was not traced yet,
/// and again what may read otherwise by now, the former first, for as long as it is given; the next {@link
/// #told} tells those stories again. When {@link #due} is 0 after a {@link #told}, the incidents are
///
///     Incidents.of(groups, pairs, parties, detected, history)
///
/// What was told and asked for last is kept, so that it takes as much as the stories at hand.
public final class RunningIncidents {
    private static final Trace UNTRACED = new Trace(
            1,
            0,
            new Trace.Entry(Trace.Way.UNKNOWN, null, null, "", "It was not traced yet."),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of());

    /// How a story's machines were come by.
    ///
    /// @param launches what other clients' traces told; empty where they were not asked
    private record Question(String client, Map<String, Long> since, Launches launches) {
        Question {
            since = Map.copyOf(since);
        }
    }

    /// Many launches, of which every story asks: what they are compared by is made once.
    private static final class Launches {
        static final Launches NONE = new Launches(List.of());

        final List<Launch> all;
        private final int hash;

        Launches(List<Launch> launches) {
            all = List.copyOf(launches);
            hash = all.hashCode();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other || other instanceof Launches l && l.hash == hash && l.all.equals(all);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /// @param changes how much had happened when it was traced
    private record Answer(List<Trace> traces, List<Launch> launches, long changes) {}

    private record Place(String client, String machine, long time) {}

    /// A story as it was told last.
    private record Told(
            List<Group> groups, Set<Entity> everybodys, List<Trace> traces, Instant detected, Incident incident) {
        /// Whether it was told by this very answer: one that says the same again came later, and contacts
        /// went on since.
        @SuppressWarnings("ReferenceEquality")
        boolean by(List<Trace> answer) {
            return traces == answer;
        }
    }

    /// What is told of all stories, and of which of them something else than before.
    ///
    /// @param all worst first
    public record Telling(List<Incident> all, List<Incident> changed) {
        public Telling {
            all = List.copyOf(all);
            changed = List.copyOf(changed);
        }
    }

    private final Parties parties;
    private final Map<String, Set<String>> together = new HashMap<>();

    // Of the one who tells.
    private final Map<String, Contacts> contacts = new HashMap<>();
    private Map<String, Told> told = new HashMap<>();
    private Map<String, Incident> before = Map.of();
    private Launches launched = Launches.NONE;
    private final Map<Group, SuspectMachines> suspects = new IdentityHashMap<>();
    private final Set<Group> suspectsAsked = Collections.newSetFromMap(new IdentityHashMap<>());

    /// Known from before by the first group of a story.
    private SuspectMachines suspects(List<Group> story, Set<String> wide) {
        Group first = story.getFirst();
        suspectsAsked.add(first);
        SuspectMachines known = suspects.get(first);
        if (known == null || !known.still(story, wide)) {
            known = SuspectMachines.of(List.copyOf(story), wide, parties);
            suspects.put(first, known);
        }
        return known;
    }

    // Of both, guarded by this.
    private final Map<Question, Answer> answers = new LinkedHashMap<>();
    private final Map<Place, String> labels = new HashMap<>();
    private Set<Question> asked = new HashSet<>();
    private Set<Place> places = new HashSet<>();
    private List<Group> groups = List.of();
    private Map<String, Long> found = Map.of();
    private Map<String, Question> lately = new HashMap<>();

    public RunningIncidents(Parties parties) {
        this.parties = parties;
    }

    /// Enters contacts as they come.
    public void enter(Ledger.Fresh fresh) {
        if (fresh.anew()) {
            contacts.values().removeIf(Contacts::isMostlyEmpty);
            contacts.values().forEach(Contacts::clear);
        }
        fresh.pairs().forEach(pair -> Contacts.enter(pair, parties, contacts));
    }

    // ---- telling

    /// Groups all that was found and tells the stories, by the traces that are known.
    ///
    /// @param all of {@link FindingsByEntity#groups}: a group to which nothing came is the same object as
    /// before
    /// @param detected when a story that was not told before is found
    public Telling told(List<Group> all, Instant detected) {
        Map<String, Told> next = new HashMap<>();
        Known known = new Known();
        Incidents.Teller teller = (id, client, story, its, everybodys, traces) -> {
            Set<Entity> shared = new HashSet<>();
            for (Group group : story) {
                for (Entity entity : group.entities()) {
                    if (everybodys.contains(entity)) {
                        shared.add(entity);
                    }
                }
            }
            Told last = told.get(id);
            if (last != null && last.by(traces) && last.groups.equals(story) && last.everybodys.equals(shared)) {
                next.put(id, last);
                return last.incident;
            }
            Instant since = last == null ? detected : last.detected;
            Incident incident = new Story(id, client, story, its, parties, since, everybodys, traces).incident();
            next.put(id, new Told(story, shared, traces, since, incident));
            return incident;
        };
        List<Incident> incidents = Incidents.of(all, parties, contacts, known, this::suspects, teller);
        suspects.keySet().retainAll(suspectsAsked);
        suspectsAsked.clear();
        told = next;
        known.done(all);
        Map<String, Incident> now = new HashMap<>();
        List<Incident> changed = new ArrayList<>();
        for (Incident incident : incidents) {
            now.put(incident.id(), incident);
            Incident last = before.get(incident.id());
            if (!incident.equals(last)) {
                changed.add(incident);
            }
        }
        before = now;
        return new Telling(incidents, changed);
    }

    /// Answers by what was traced before, and notes what it was asked.
    private final class Known implements Traces {
        private final Set<Question> questions = new HashSet<>();
        private final Set<Place> at = new HashSet<>();
        private final Map<String, Question> of = new HashMap<>();
        private @Nullable List<Launch> asking;

        private Answer answer(String story, Question question) {
            questions.add(question);
            synchronized (RunningIncidents.this) {
                Answer known = answers.get(question);
                String key = story + (question.launches.all.isEmpty() ? "" : "\0again");
                if (known != null) {
                    of.put(key, question);
                    return known;
                }
                // Until it is traced it reads as it did before the last was found.
                Question last = lately.get(key);
                Answer old = last == null ? null : answers.get(last);
                if (last != null && old != null) {
                    questions.add(last);
                    of.put(key, last);
                    return old;
                }
                return NOTHING;
            }
        }

        @Override
        public List<Trace> of(String story, String client, Map<String, Long> since) {
            return answer(story, new Question(client, since, Launches.NONE)).traces;
        }

        @Override
        public List<Trace> again(String story, String client, Map<String, Long> since, List<Launch> launches) {
            List<Trace> known = answer(story, new Question(client, since, same(launches))).traces;
            return known.equals(NOTHING.traces) ? of(story, client, since) : known;
        }

        /// The very object for the very list, and for one that says the same as the one before.
        @SuppressWarnings("ReferenceEquality")
        private Launches same(List<Launch> launches) {
            if (asking != launches) {
                asking = launches;
                Launches now = new Launches(launches);
                launched = now.equals(launched) ? launched : now;
            }
            return launched;
        }

        @Override
        public List<Launch> launches(String story, String client, Map<String, Long> since) {
            return answer(story, new Question(client, since, Launches.NONE)).launches;
        }

        @Override
        public String label(String client, String machine, long time) {
            Place place = new Place(client, machine, time);
            at.add(place);
            synchronized (RunningIncidents.this) {
                String label = labels.get(place);
                return label == null ? machine : label;
            }
        }

        /// Forgets what nobody asks any more.
        void done(List<Group> all) {
            Map<String, Long> count = new HashMap<>(found);
            count(groups, all, count);
            count(all, groups, count);
            synchronized (RunningIncidents.this) {
                groups = all;
                found = count;
                asked = questions;
                places = at;
                lately = of;
                answers.keySet().retainAll(questions);
                labels.keySet().retainAll(at);
            }
        }
    }

    /// Counts by client those of one list that are not in the other.
    private static void count(List<Group> of, List<Group> other, Map<String, Long> counts) {
        Set<Group> there = Collections.newSetFromMap(new IdentityHashMap<>());
        there.addAll(other);
        for (Group group : of) {
            if (!there.contains(group)) {
                counts.merge(group.client(), 1L, Long::sum);
            }
        }
    }

    private static final Answer NOTHING = new Answer(List.of(UNTRACED), List.of(), Long.MIN_VALUE);

    // ---- tracing

    /// How many questions were never traced, or may read otherwise by now.
    ///
    /// @param changes a number that grows with whatever is seen of a client
    public int due(ToLongFunction<String> changes) {
        int due = 0;
        Map<String, Long> seen;
        Map<Question, Long> known = new HashMap<>();
        synchronized (this) {
            seen = found;
            for (Place place : places) {
                due += labels.containsKey(place) ? 0 : 1;
            }
            for (Question question : asked) {
                Answer answer = answers.get(question);
                known.put(question, answer == null ? Long.MIN_VALUE : answer.changes);
            }
        }
        Map<String, Long> now = new HashMap<>();
        for (Map.Entry<Question, Long> one : known.entrySet()) {
            String client = one.getKey().client;
            long its = now.computeIfAbsent(client, c -> changes(c, changes, seen));
            due += one.getValue() == its ? 0 : 1;
        }
        return due;
    }

    /// How many questions were never traced.
    public synchronized int untraced() {
        int many = 0;
        for (Question question : asked) {
            many += answers.containsKey(question) ? 0 : 1;
        }
        return many;
    }

    /// Traces what is due, what was never traced first, then what was traced longest ago; at least one if any
    /// is.
    ///
    /// @param history as it is while this goes on
    /// @param nanos for how long
    /// @return how many were traced
    public int trace(History history, ToLongFunction<String> changes, long nanos) {
        long until = System.nanoTime() + nanos;
        List<Group> all;
        List<Question> questions;
        List<Place> where;
        Map<Question, Answer> known;
        Map<String, Long> seen;
        synchronized (this) {
            all = groups;
            seen = found;
            questions = new ArrayList<>(asked);
            known = new LinkedHashMap<>(answers);
            where = new ArrayList<>(places);
        }
        List<Suspicion> suspicions = Suspicions.of(all, parties);
        Tracer tracer = new Tracer(history, parties, suspicions);
        Map<Place, String> named = new HashMap<>();
        where.forEach(p -> named.put(p, tracer.label(p.client, p.machine, p.time)));
        Map<Launches, Tracer> again = new HashMap<>();
        // The order of answers is that in which they were given.
        Map<Question, Integer> turn = new HashMap<>();
        known.keySet().forEach(q -> turn.put(q, turn.size()));
        questions.sort(Comparator.comparingInt((Question q) -> turn.getOrDefault(q, -1))
                .thenComparing(Question::client)
                .thenComparing(
                        q -> q.since.values().stream().mapToLong(t -> -t).min().orElse(0)));
        int traced = 0;
        Map<Question, Answer> fresh = new LinkedHashMap<>();
        for (Question question : questions) {
            long now = changes(question.client, changes, seen);
            Answer old = known.get(question);
            if (old != null && old.changes == now) {
                continue;
            }
            if (traced > 0 && System.nanoTime() > until) {
                break;
            }
            Tracer by = question.launches.all.isEmpty()
                    ? tracer
                    : again.computeIfAbsent(question.launches, l -> new Tracer(history, parties, suspicions, l.all));
            List<Trace> traces = by.trace(question.client, question.since);
            List<Launch> launches = by.launches(question.client, traces.getFirst());
            fresh.put(question, new Answer(traces, launches, now));
            traced++;
        }
        synchronized (this) {
            named.forEach((place, label) -> {
                if (places.contains(place)) {
                    labels.put(place, label);
                }
            });
            fresh.forEach((question, answer) -> {
                if (asked.contains(question)) {
                    answers.remove(question);
                    answers.put(question, answer);
                }
            });
        }
        return traced;
    }

    /// What was seen and found of a client and of those that its traces may lead to.
    private long changes(String client, ToLongFunction<String> changes, Map<String, Long> seen) {
        long sum = 0;
        for (String one : together(client)) {
            sum += changes.applyAsLong(one) + Objects.requireNonNullElse(seen.get(one), 0L);
        }
        return sum;
    }

    /// The clients and suppliers that links join with this one.
    private Set<String> together(String client) {
        synchronized (together) {
            @Nullable Set<String> known = together.get(client);
            if (known != null) {
                return known;
            }
            Set<String> all = new TreeSet<>(Set.of(client));
            boolean more = true;
            while (more) {
                more = false;
                for (Link link : parties.links()) {
                    if (all.contains(link.client()) || all.contains(link.supplier())) {
                        more |= all.add(link.client());
                        more |= all.add(link.supplier());
                    }
                }
            }
            together.put(client, all);
            return all;
        }
    }
}
