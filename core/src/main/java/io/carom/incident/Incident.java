package io.carom.incident;

import io.carom.trace.Trace;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One story of one client: findings that belong together, how it came in, and what to do.
///
/// @param id the same when the same logs are investigated again
/// @param title one sentence for people
/// @param summary some sentences for people: what is known, on what it stands, and what is not known
/// @param severityWhy what made it that severe, one reason a sentence
/// @param entry the way in, as far as it is known
/// @param path who reached whom around it, by time; only what findings and the ledger show
/// @param parties those that take part, the client first
/// @param techniques ATT&CK
/// @param findings by analytic and machine, the earliest first
/// @param affected the client's machines, addresses and accounts the findings are about
/// @param indicators outside values that matched
/// @param traces the readings of how it came in, the likeliest first
/// @param campaign the same for stories of several clients that lead back to the same machine of a
/// supplier; empty if it is the only one
/// @param suspectSince since when each machine, by address or name, was suspect; milliseconds since
/// 1970
public record Incident(
        String id,
        String client,
        String title,
        String summary,
        Severity severity,
        List<String> severityWhy,
        Status status,
        Instant firstSeen,
        Instant lastSeen,
        Entry entry,
        List<Hop> path,
        List<String> parties,
        List<String> techniques,
        List<FindingsByEntity.Group> findings,
        List<Entity> affected,
        List<String> indicators,
        Clocks clocks,
        List<Action> actions,
        List<Trace> traces,
        String campaign,
        Map<String, Long> suspectSince) {
    public Incident {
        suspectSince = Map.copyOf(suspectSince);
        severityWhy = List.copyOf(severityWhy);
        path = List.copyOf(path);
        parties = List.copyOf(parties);
        techniques = List.copyOf(techniques);
        findings = List.copyOf(findings);
        affected = List.copyOf(affected);
        indicators = List.copyOf(indicators);
        actions = List.copyOf(actions);
        traces = List.copyOf(traces);
    }

    Incident in(String campaignId) {
        return with(id, status, campaignId);
    }

    /// The same story under the id and in the state it is known by.
    public Incident as(String knownId, Status knownStatus) {
        return with(knownId, knownStatus, campaign);
    }

    /// The same story with other origins of its likeliest reading.
    Incident began(List<Trace.Origin> origins) {
        List<Trace> readings = new java.util.ArrayList<>(traces);
        Trace best = readings.getFirst();
        readings.set(
                0,
                new Trace(
                        best.rank(),
                        best.confidence(),
                        best.entry(),
                        origins,
                        best.hops(),
                        best.reached(),
                        best.channels(),
                        best.gaps()));
        return with(id, status, campaign, readings);
    }

    private Incident with(String itsId, Status itsStatus, String itsCampaign) {
        return with(itsId, itsStatus, itsCampaign, traces);
    }

    private Incident with(String itsId, Status itsStatus, String itsCampaign, List<Trace> itsTraces) {
        return new Incident(
                itsId,
                client,
                title,
                summary,
                severity,
                severityWhy,
                itsStatus,
                firstSeen,
                lastSeen,
                entry,
                path,
                parties,
                techniques,
                findings,
                affected,
                indicators,
                clocks,
                actions,
                itsTraces,
                itsCampaign,
                suspectSince);
    }

    /// How bad it is, mildest first; the ordinal is OCSF's `severity_id` less one.
    public enum Severity {
        INFORMATIONAL,
        LOW,
        MEDIUM,
        HIGH,
        CRITICAL;

        /// @param id OCSF's `severity_id`; 0 (unknown) and 99 (other) are taken for low, 6 (fatal) for
        /// critical
        public static Severity ofId(int id) {
            return id >= 1 && id <= 5 ? values()[id - 1] : id == 6 ? CRITICAL : LOW;
        }

        /// As `--json` writes it.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Where people stand with it.
    public enum Status {
        NEW,
        ACKNOWLEDGED,
        CONTAINED,
        CLOSED,
        /// It is told as part of another.
        MERGED;

        /// The state of this label; {@link #NEW} for one that is not known.
        public static Status of(String label) {
            for (Status status : values()) {
                if (status.label().equals(label)) {
                    return status;
                }
            }
            return NEW;
        }

        /// As `--json` writes it.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// The way in.
    ///
    /// @param party who it came from; null if not known
    /// @param link over which; null if not known
    /// @param confidence 0 (not known) to 1; a weighing of what the reason names, not a measured
    /// frequency
    /// @param reason what it stands on, in words
    public record Entry(@Nullable String party, @Nullable String link, double confidence, String reason) {}

    /// Somebody reached somebody.
    ///
    /// @param time of the first contact
    /// @param port of the destination, -1 if no event states one
    /// @param party who owns `from`; null if nobody declared it
    /// @param link it came over; null if none is declared
    /// @param count how many events say so
    /// @param toParty who owns `to`; null if nobody declared it or it was not asked
    /// @param account that was used; empty if no record says so
    /// @param via what it went by: `RDP`, `VPN`, the name of a link; empty if only the contact is known
    /// @param confidence 0 to 1 that the intruder went this way; 0 if it was not weighed
    /// @param why what speaks for it, in words
    /// @param records it stands on
    public record Hop(
            Instant time,
            Instant last,
            String from,
            String to,
            int port,
            @Nullable String party,
            @Nullable String link,
            long count,
            @Nullable String toParty,
            String account,
            String via,
            double confidence,
            String why,
            List<Trace.Source> records) {
        public Hop {
            records = List.copyOf(records);
        }

        /// A contact that the ledger shows, and no more.
        public Hop(
                Instant time,
                Instant last,
                String from,
                String to,
                int port,
                @Nullable String party,
                @Nullable String link,
                long count) {
            this(time, last, from, to, port, party, link, count, null, "", "", 0, "", List.of());
        }
    }

    /// @param occurred the earliest finding's event
    /// @param detected when this was found
    public record Clocks(Instant occurred, Instant detected) {}

    /// Something to do.
    ///
    /// @param kind `block`, `cut`, `pull`, `disable`, `isolate`, `look`, `ask`, `collect`
    /// @param targets what to do it to
    /// @param text the whole instruction, in words
    public record Action(String kind, List<String> targets, String text) {
        public Action {
            targets = List.copyOf(targets);
        }
    }
}
