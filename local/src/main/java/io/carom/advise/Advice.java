package io.carom.advise;

import io.carom.intel.ThreatIndicator;
import io.carom.intel.Tlp;
import io.carom.respond.DutyClock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one client is told. Everything in it went through the client's {@link Audience}: it may be
/// written as it is.
///
/// @param made as of when it is; nothing else in it depends on the time it is made
/// @param tlp to whom the client may pass it on
/// @param sender who tells; empty if nobody is declared
/// @param contact of the sender, for people
/// @param headline one sentence
/// @param incidents worst first
/// @param indicators seen at the client, those that say most first
/// @param actions what to do, the most urgent first
/// @param unknown what is not known, in words
/// @param reach how far back each of the client's sources was looked at
public record Advice(
        String client,
        Instant made,
        Tlp tlp,
        String sender,
        String contact,
        String headline,
        List<Case> incidents,
        List<Seen> indicators,
        List<Action> actions,
        List<String> unknown,
        List<Reach> reach) {
    /// So many things to do are told to people, of the gravest incidents.
    static final int TO_DO = 30;

    /// So many incidents are told in full to people, the gravest; the others with a line each.
    static final int IN_FULL = 50;

    /// So many lines has a table that people read; the files for machines have all.
    static final int LINES = 1_000;

    public Advice {
        incidents = List.copyOf(incidents);
        indicators = List.copyOf(indicators);
        actions = List.copyOf(actions);
        unknown = List.copyOf(unknown);
        reach = List.copyOf(reach);
    }

    /// An incident at the client.
    ///
    /// @param entry how it came in, in words
    /// @param link over which it came in; empty if over none
    /// @param before what is known of the way to the link, in words; empty if nothing
    /// @param elsewhere whether the same intruder was seen at others
    /// @param indicators uids of those that its findings are about
    public record Case(
            String id,
            String headline,
            String severity,
            String status,
            Instant first,
            Instant last,
            String entry,
            String supplier,
            String link,
            String before,
            boolean elsewhere,
            List<Hop> hops,
            List<Found> found,
            List<String> machines,
            List<String> techniques,
            Set<String> indicators,
            List<DutyClock> duties,
            List<String> restated) {
        public Case {
            hops = List.copyOf(hops);
            found = List.copyOf(found);
            machines = List.copyOf(machines);
            techniques = List.copyOf(techniques);
            indicators = Set.copyOf(indicators);
            duties = List.copyOf(duties);
            restated = List.copyOf(restated);
        }

        /// What of it does not change while the response goes on.
        Case lasting() {
            return new Case(
                    id,
                    headline,
                    severity,
                    "",
                    first,
                    last,
                    entry,
                    supplier,
                    link,
                    before,
                    elsewhere,
                    hops,
                    found,
                    machines,
                    techniques,
                    indicators,
                    List.of(),
                    restated);
        }
    }

    /// A step of the intruder that the client's network saw.
    public record Hop(Instant time, String from, String to, String account, String via, double confidence) {}

    /// Findings of a kind about a machine or account.
    public record Found(
            String title,
            String severity,
            String affected,
            long count,
            Instant first,
            Instant last,
            List<Record> records) {
        public Found {
            records = List.copyOf(records);
        }
    }

    /// A record of the client's own logs.
    ///
    /// @param file the name of the log, without the folders it lay in here
    /// @param text as it was logged, cut; empty if it names others
    public record Record(String source, String file, long number, String text) {}

    /// An indicator that was seen at the client.
    ///
    /// @param indicator with the marking it goes out with, and nothing of its origins that the client
    /// may not know
    /// @param score what it is worth now, 0 to 100
    public record Seen(
            ThreatIndicator indicator, int score, long count, Instant first, Instant last, List<String> sources) {
        public Seen {
            sources = List.copyOf(sources);
        }

        /// As findings name it.
        String uid() {
            return "indicator:" + indicator.type().label() + ":" + indicator.value();
        }

        /// What of it does not change with its age.
        Seen lasting() {
            return new Seen(indicator, 0, count, first, last, sources);
        }
    }

    /// What to do, once for all incidents that ask for it.
    ///
    /// @param kind `cut`, `block`, `watch`, `disable`, `look`, `collect`, `ask`
    /// @param text for people: it names the first of many targets
    /// @param incidents ids of those that ask for it
    public record Action(String kind, String text, List<String> targets, Set<String> incidents) {
        /// So many targets are named in a sentence.
        static final int NAMED = 25;

        public Action {
            targets = List.copyOf(targets);
            incidents = Set.copyOf(incidents);
        }

        /// The text with every target.
        String whole() {
            return targets.size() <= NAMED ? text : text + " All of them: " + String.join(", ", targets) + ".";
        }
    }

    /// How far back a source of the client's was looked at.
    ///
    /// @param from null if nothing of it is kept
    /// @param gone events that were kept once and are past their time
    public record Reach(
            String source, @Nullable Instant from, @Nullable Instant to, long events, long gone) {}

    /// The incidents of which somebody must be told.
    List<Case> dutiful() {
        return incidents.stream().filter(i -> !i.duties().isEmpty()).toList();
    }

    /// What stands where a list was cut.
    static String more(long n) {
        return String.format(Locale.ENGLISH, "%,d more are in the files for machines.", n);
    }

    /// How many events hold one of the indicators.
    public long sightings() {
        return indicators.stream().mapToLong(Seen::count).sum();
    }
}
