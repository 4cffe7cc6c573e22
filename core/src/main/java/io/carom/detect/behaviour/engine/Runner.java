package io.carom.detect.behaviour.engine;

import io.carom.detect.behaviour.Analytic;
import io.carom.detect.behaviour.Context;
import io.carom.detect.behaviour.Draft;
import io.carom.detect.behaviour.LinkBaseline;
import io.carom.detect.behaviour.Threshold;
import io.carom.detect.behaviour.Thresholds;
import io.carom.observe.Address;
import io.carom.observe.Domains;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Hello;
import io.carom.observe.Observation.Lookup;
import io.carom.observe.Observation.Request;
import io.carom.observe.Observation.SignIn;
import io.carom.party.Link;
import io.carom.party.Parties;
import io.carom.party.Party;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Runs analytics over observations that come in the order of their times, in the calling thread.
/// Single ones far before or after the others, of a clock that jumped, change nothing for the others.
///
/// Memory: the sum over analytics of capacity × (bytes a key + 32), where that grows with the pairs of
/// a network what the constructor is told, and {@link Prevalence}.
public final class Runner {
    private static final long LEAP = 7 * 86_400_000L;
    private static final int BELIEVED = 5;

    private final List<Running<?>> running = new ArrayList<>();
    private int ahead;
    private final Prevalence prevalence = new Prevalence();
    private final Here here;

    /// The analytics that are installed, by id.
    public static List<Analytic<?>> installed() {
        List<Analytic<?>> all = new ArrayList<>();
        ServiceLoader.load(Analytic.class).forEach(a -> all.add(a));
        all.sort(Comparator.comparing(Analytic::id));
        return all;
    }

    /// With a quarter of the heap for what grows with the pairs of a network: rules, indicators,
    /// sessions and the other analytics need the rest.
    public Runner(
            List<Analytic<?>> analytics,
            Thresholds thresholds,
            Parties parties,
            Surroundings surroundings,
            Consumer<Draft> found) {
        this(
                analytics,
                thresholds,
                parties,
                surroundings,
                found,
                Runtime.getRuntime().maxMemory() / 4);
    }

    /// @param memory bytes for each analytic whose states grow with the pairs of a network
    public Runner(
            List<Analytic<?>> analytics,
            Thresholds thresholds,
            Parties parties,
            Surroundings surroundings,
            Consumer<Draft> found,
            long memory) {
        here = new Here(thresholds, parties, surroundings, prevalence, found);
        for (Analytic<?> analytic : analytics) {
            running.add(new Running<>(analytic, analytic.growsWithPairs() ? memory : Long.MAX_VALUE));
        }
    }

    /// Memory is short: of the analytics that hold many states, those that were quiet longest are
    /// reviewed and half of them dropped. Nothing while states are written, for that would write all of
    /// them aside.
    ///
    /// @return how many were dropped
    public int relieve() {
        int dropped = 0;
        for (Running<?> one : running) {
            dropped += one.relieve(here);
        }
        return dropped;
    }

    /// Takes the next observation; none before it in time may follow. One that does is taken as if it
    /// happened now.
    public void take(Observation observation) {
        String client = observation.origin().client();
        pass(observation.time());
        note(client, observation);
        for (Running<?> one : running) {
            one.take(observation, here);
        }
    }

    /// Time goes on with observations; a leap of more than a week is believed once several in a row say
    /// so, or one machine's wrong clock would age all that is held.
    private void pass(long time) {
        boolean leap = here.now != Long.MIN_VALUE && time - here.now > LEAP;
        ahead = leap ? ahead + 1 : 0;
        if (!leap || ahead >= BELIEVED) {
            ahead = 0;
            here.now = Math.max(here.now, time);
        }
    }

    /// There is no more: every state is looked at once more.
    public void finish() {
        here.ending = true;
        for (Running<?> one : running) {
            one.finish(here);
        }
    }

    /// Everything that is remembered, as it is now: another thread may write it while this goes on.
    ///
    /// Until it is written or ended no other may be made.
    public Remembered remembered() {
        return new Remembered();
    }

    /// What was remembered at one moment.
    public final class Remembered implements AutoCloseable {
        private record Of(String id, long bytes, long reviewed, States.Saving states) {}

        private final long now = here.now;
        private final int aheadThen = ahead;
        private final Prevalence.Saving prevalenceThen = prevalence.saving();
        private final List<Of> of = new ArrayList<>();

        private Remembered() {
            for (Running<?> one : running) {
                of.add(new Of(one.analytic.id(), one.bytes, one.reviewed, one.states.saving()));
            }
        }

        /// Writes it, to be taken up again by {@link #load}; once.
        public void save(ObjectOutputStream out) throws IOException {
            try (this) {
                out.writeLong(now);
                out.writeInt(aheadThen);
                prevalenceThen.save(out);
                out.writeInt(of.size());
                for (Of one : of) {
                    out.writeUTF(one.id);
                    out.writeLong(one.bytes);
                    out.writeLong(one.reviewed);
                    one.states.save(out);
                }
            }
        }

        /// Nothing more is written of it.
        @Override
        public void close() {
            prevalenceThen.end();
            of.forEach(one -> one.states.end());
        }
    }

    /// Writes everything that is remembered, to be taken up again by {@link #load}.
    public void save(ObjectOutputStream out) throws IOException {
        remembered().save(out);
    }

    /// Goes on with what was remembered. An analytic that is no more is left out, one that is new
    /// begins.
    ///
    /// @throws IOException if it was written by another version of the analytics
    public void load(ObjectInputStream in) throws IOException, ClassNotFoundException {
        here.now = in.readLong();
        ahead = in.readInt();
        prevalence.load(in);
        int many = in.readInt();
        for (int i = 0; i < many; i++) {
            String id = in.readUTF();
            long bytes = in.readLong();
            long reviewed = in.readLong();
            Running<?> of = running.stream()
                    .filter(r -> r.analytic.id().equals(id))
                    .findFirst()
                    .orElse(null);
            if (of == null) {
                new States<>().load(in);
            } else {
                of.bytes = bytes;
                of.reviewed = reviewed;
                of.states.load(in);
            }
        }
    }

    /// How many keys are held now, by analytic.
    public Map<String, Integer> held() {
        Map<String, Integer> out = new HashMap<>();
        running.forEach(r -> out.put(r.analytic.id(), r.states.size()));
        return out;
    }

    /// What is normal, as analytics learned it, by client and link.
    public List<LinkBaseline> baselines() {
        List<LinkBaseline> out = new ArrayList<>();
        running.forEach(r -> r.baselines(here, out));
        out.sort(Comparator.comparing(LinkBaseline::client).thenComparing(LinkBaseline::link));
        return out;
    }

    private void note(String client, Observation observation) {
        prevalence.time(client, observation.time());
        switch (observation) {
            case Contact c -> touch(client, c.src(), c.dst().text(), c.time());
            case Hello h -> {
                if (!h.serverName().isEmpty()) {
                    touch(client, h.src(), h.serverName(), h.time());
                }
            }
            case Request r -> {
                if (!r.host().isEmpty()) {
                    touch(client, r.src(), r.host(), r.time());
                }
            }
            case Lookup l -> {
                Address src = l.src();
                if (src != null) {
                    touch(client, src, l.name(), l.time());
                }
            }
            default -> {}
        }
    }

    private void touch(String client, Address src, String destination, long time) {
        if (here.inside(src, client)) {
            prevalence.machine(client, src.hash());
            prevalence.touch(client, destination, src.hash(), time);
        }
    }

    private static final class Running<S extends Serializable> {
        final Analytic<S> analytic;
        final States<S> states = new States<>();
        /// Bytes of a state's place in the table, at its usual load.
        private static final int A_SLOT = 32;

        /// Fewer states than this are not what memory is short by.
        private static final int MANY = 10_000;

        /// Of the time between two reviews the eighth part is for one.
        private static final double SPREAD = 8;

        /// Slots that are gone through at once, at least.
        private static final int LEAST = 64;

        private final long budget;
        private final long every;
        private long bytes;
        private long reviewed = Long.MIN_VALUE;
        private States<S>.@Nullable Visit reviewing;
        /// Bytes of those that were reviewed and stay, and of those that came where it had been already.
        private long weighed;

        Running(Analytic<S> analytic, long budget) {
            this.analytic = analytic;
            this.budget = budget;
            every = analytic.every().toMillis();
        }

        void take(Observation observation, Here here) {
            if (reviewed == Long.MIN_VALUE) {
                reviewed = here.now;
            } else if (here.now - reviewed >= every && reviewing == null && !states.beingSaved()) {
                reviewed = here.now;
                if (states.size() < MANY) {
                    review(here);
                } else {
                    reviewing = states.new Visit();
                    weighed = 0;
                }
            }
            if (reviewing != null) {
                reviewSome(here);
            }
            long key = analytic.key(observation, here);
            if (key == 0) {
                return;
            }
            S state = states.get(key, here.now);
            if (state == null) {
                // While they are written they may be a little more: dropping half of them would hold up everything.
                boolean play = states.beingSaved();
                if (states.size() >= more(analytic.capacity(), play) || bytes > more(budget, play)) {
                    states.dropQuiet(s -> analytic.review(s, here));
                    weigh();
                }
                state = analytic.begin(observation, here);
                states.put(key, state, here.now);
                long its = A_SLOT + analytic.bytes(state);
                bytes += its;
                if (reviewing != null && reviewing.isPast(key)) {
                    weighed += its;
                }
            }
            analytic.update(state, observation, here);
        }

        int relieve(Here here) {
            int before = states.size();
            if (before < MANY || states.beingSaved()) {
                return 0;
            }
            states.dropQuiet(s -> analytic.review(s, here));
            weigh();
            return before - states.size();
        }

        private static long more(long bound, boolean play) {
            return play && bound < Long.MAX_VALUE / 2 ? bound + bound / 4 : bound;
        }

        /// States grow between reviews: an hour's growth is the play in the budget.
        private void review(Here here) {
            weighed = 0;
            states.visit(s -> reviewOne(s, here));
            bytes = weighed;
            keepWithin(here);
        }

        private boolean reviewOne(S state, Here here) {
            boolean stays = analytic.review(state, here);
            weighed += stays ? A_SLOT + analytic.bytes(state) : 0;
            return stays;
        }

        /// Of millions of states a few at a time, so that nobody waits for it: the more, the more of the
        /// {@link #SPREAD}th part of the time until the next review is over.
        private void reviewSome(Here here) {
            States<S>.Visit visit = reviewing;
            if (visit == null || states.beingSaved()) {
                return;
            }
            if (visit.beginsAnew()) {
                reviewed = here.now;
                weighed = 0;
            }
            double due = (here.now - reviewed) * SPREAD / every;
            int slots = (int) Math.min(Integer.MAX_VALUE, (due - visit.done()) * states.slots());
            if (slots < LEAST && due < 1) {
                return;
            }
            if (visit.visit(Math.max(slots, LEAST), s -> reviewOne(s, here))) {
                reviewing = null;
                bytes = weighed;
                keepWithin(here);
            }
        }

        private void keepWithin(Here here) {
            while (bytes > budget && states.size() > 1) {
                states.dropQuiet(s -> analytic.review(s, here));
                weigh();
            }
        }

        private void weigh() {
            long[] sum = new long[1];
            states.each(s -> sum[0] += A_SLOT + analytic.bytes(s));
            bytes = sum[0];
        }

        @SuppressWarnings("unchecked")
        void baselines(Here here, List<LinkBaseline> out) {
            if (analytic instanceof LinkBaseline.Teller<?> teller) {
                LinkBaseline.Teller<S> own = (LinkBaseline.Teller<S>) teller;
                states.visit(s -> out.add(own.baseline(s, here)));
            }
        }

        void finish(Here here) {
            states.visit(s -> analytic.review(s, here));
        }
    }

    private static final class Here implements Context {
        /// Owners and links are asked for the same addresses over and over.
        private static final int REMEMBERED = 1 << 18;

        private static final int LATELY = 1 << 12;

        private record Place(
                @Nullable Party owner, @Nullable Link link, boolean inside) {}

        long now = Long.MIN_VALUE;
        boolean ending;
        private final Thresholds thresholds;
        private final Parties parties;
        private final Surroundings surroundings;
        private final Prevalence prevalence;
        private final Consumer<Draft> found;
        private final Map<String, Map<Address, Place>> places = new HashMap<>();
        private final Map<String, Map<String, Optional<Link>>> accounts = new HashMap<>();

        /// What was asked lately, by the very object: a dozen analytics ask for the same two addresses
        /// of an observation, and finding them in the tables each time took a third of all.
        private final @Nullable Address[] lately = new Address[LATELY];

        private final @Nullable String[] latelyOf = new String[LATELY];
        private final @Nullable Place[] latelyPlace = new Place[LATELY];
        private @Nullable String lastClient;
        private long lastTenant;
        private final Map<String, Long> tenants = new HashMap<>();
        private final Domains domains = new Domains();

        Here(
                Thresholds thresholds,
                Parties parties,
                Surroundings surroundings,
                Prevalence prevalence,
                Consumer<Draft> found) {
            this.thresholds = thresholds;
            this.parties = parties;
            this.surroundings = surroundings;
            this.prevalence = prevalence;
            this.found = found;
        }

        @Override
        public long now() {
            return now;
        }

        @Override
        public boolean ending() {
            return ending;
        }

        @Override
        public double value(Threshold threshold) {
            return thresholds.of(threshold);
        }

        @Override
        public long tenant(Observation observation) {
            String client = observation.origin().client();
            if (!same(client, lastClient)) {
                lastClient = client;
                lastTenant = tenants.computeIfAbsent(client, Keys::of);
            }
            return lastTenant;
        }

        /// Clients' names are interned.
        @SuppressWarnings("ReferenceEquality")
        private static boolean same(String client, @Nullable String other) {
            return client == other;
        }

        @SuppressWarnings("ReferenceEquality")
        private Place place(Address address, String client) {
            int slot = (int) address.hash() & LATELY - 1;
            Place place = latelyPlace[slot];
            if (place != null && lately[slot] == address && same(client, latelyOf[slot])) {
                return place;
            }
            place = find(address, client);
            lately[slot] = address;
            latelyOf[slot] = client;
            latelyPlace[slot] = place;
            return place;
        }

        private Place find(Address address, String client) {
            Map<Address, Place> known = places.computeIfAbsent(client, c -> new HashMap<>());
            Place place = known.get(address);
            if (place == null) {
                if (known.size() >= REMEMBERED) {
                    known.clear();
                }
                Party owner = parties.ownerOf(address.bytes(), client);
                Link link = parties.linkOf(address.bytes(), client);
                boolean inside = address.reach() != Address.Reach.NOBODYS
                        && link == null
                        && (owner == null
                                ? address.reach() == Address.Reach.PRIVATE
                                : owner.name().equals(client));
                place = new Place(owner, link, inside);
                known.put(address, place);
            }
            return place;
        }

        @Override
        public @Nullable Party owner(Address address, String client) {
            return place(address, client).owner;
        }

        @Override
        public List<Party> parties() {
            return parties.parties();
        }

        @Override
        public @Nullable Party ownerOfName(String host) {
            return parties.ownerOfName(host);
        }

        @Override
        public @Nullable Link link(Address address, String client) {
            return place(address, client).link;
        }

        @Override
        public @Nullable Link linkNamed(String name) {
            for (Link link : parties.links()) {
                if (link.name().equals(name)) {
                    return link;
                }
            }
            return null;
        }

        @Override
        public @Nullable Link linkOfAccount(SignIn s) {
            if (s.account().isEmpty() || parties.links().isEmpty()) {
                return null;
            }
            String client = s.origin().client();
            String account = s.domain().isEmpty() ? s.account() : s.account() + "@" + s.domain();
            Map<String, Optional<Link>> known = accounts.computeIfAbsent(client, c -> new HashMap<>());
            Optional<Link> link = known.get(account);
            if (link == null) {
                if (known.size() >= REMEMBERED) {
                    known.clear();
                }
                link = Optional.ofNullable(parties.linkOfAccount(s.account(), s.domain(), client));
                known.put(account, link);
            }
            return link.orElse(null);
        }

        @Override
        public boolean inside(Address address, String client) {
            return place(address, client).inside;
        }

        @Override
        public boolean allowedScanner(Address address, String client) {
            return parties.scannerOf(address.bytes(), client);
        }

        @Override
        public int machinesAt(String destination, String client) {
            return prevalence.machinesAt(destination, client);
        }

        @Override
        public int machines(String client) {
            return prevalence.machines(client);
        }

        @Override
        public long firstSeen(String destination, String client) {
            return prevalence.firstSeen(destination, client);
        }

        @Override
        public long begin(String client) {
            return prevalence.begin(client);
        }

        @Override
        public @Nullable String warninglist(String value) {
            return surroundings.warninglist(value);
        }

        @Override
        public String registrable(String name) {
            return domains.registrable(name);
        }

        @Override
        public void found(Draft finding) {
            found.accept(finding);
        }
    }
}
