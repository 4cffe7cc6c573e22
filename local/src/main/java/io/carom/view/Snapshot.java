package io.carom.view;

import io.carom.advise.Adviser;
import io.carom.advise.Audience;
import io.carom.campaign.Campaign;
import io.carom.cases.Cases;
import io.carom.cases.DutyClocks;
import io.carom.cases.HomeParties;
import io.carom.cases.KeptCampaigns;
import io.carom.cases.KeptIncidents;
import io.carom.config.ConfigException;
import io.carom.intel.Tlp;
import io.carom.intel.Warninglists;
import io.carom.party.Parties;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The cases of a home at one moment, read once for all who ask. What is in it is not to be changed.
final class Snapshot {
    final long version;
    final Instant made;
    final Parties parties;
    /// Another one when the parties are.
    final String partiesPrint;
    final List<ObjectNode> incidents;
    private final Path home;
    private final Map<String, ObjectNode> byId = new HashMap<>();
    private final Map<String, Audience> audiences = new HashMap<>();
    private final Map<String, ObjectNode> redacted = new HashMap<>();
    private @Nullable List<Campaign> campaigns;

    private Snapshot(
            Path home, long version, Instant made, Parties parties, String partiesPrint, List<ObjectNode> incidents) {
        this.home = home;
        this.version = version;
        this.made = made;
        this.parties = parties;
        this.partiesPrint = partiesPrint;
        this.incidents = List.copyOf(incidents);
        for (ObjectNode one : incidents) {
            byId.put(one.path("id").asString(""), one);
        }
    }

    static Snapshot read(Path home, Cases cases, Instant now) throws IOException {
        long version = cases.version();
        String text = HomeParties.text(home, cases);
        Parties parties = parties(home, cases);
        List<ObjectNode> incidents = cases.incidents();
        Work work = new Work(cases, now);
        for (ObjectNode one : incidents) {
            DutyClocks.put(one, parties, now);
            work.put(one);
        }
        return new Snapshot(home, version, now, parties, KeptIncidents.print(text), incidents);
    }

    static void complete(ObjectNode incident, Parties parties, Cases cases, Instant now) throws IOException {
        DutyClocks.put(incident, parties, now);
        new Work(cases, now).put(incident);
    }

    static Parties parties(Path home, Cases cases) throws IOException {
        try {
            return HomeParties.of(home, cases);
        } catch (ConfigException e) {
            throw new IOException("the parties cannot be read: " + e.getMessage(), e);
        }
    }

    @Nullable
    ObjectNode incident(String id) {
        return byId.get(id);
    }

    /// What is no sign of trouble, the parties' own domains among it.
    Warninglists excused() {
        return HomeParties.excused(parties);
    }

    synchronized List<Campaign> campaigns(Views views) throws IOException {
        List<Campaign> known = campaigns;
        if (known == null) {
            known = views.apart(cases -> KeptCampaigns.of(cases, home, parties, excused()));
            campaigns = known;
        }
        return known;
    }

    /// What a client may know, with all that is known of others.
    synchronized Audience audience(Views views, String client) throws IOException {
        Audience known = audiences.get(client);
        if (known == null) {
            Set<String> spread = new HashSet<>();
            Adviser.Settings settings =
                    new Adviser.Settings(home, parties, made, Tlp.AMBER, "informational", Warninglists.NONE);
            known = views.apart(cases -> {
                try (Adviser adviser = new Adviser(settings, cases, spread)) {
                    return adviser.audience(client);
                }
            });
            audiences.put(client, known);
        }
        return known;
    }

    /// An incident as its client is shown it.
    synchronized ObjectNode redacted(Views views, String client, ObjectNode incident, Set<String> people)
            throws IOException {
        String key = incident.path("id").asString("") + "\0" + people.hashCode();
        ObjectNode known = redacted.get(key);
        if (known == null) {
            boolean spread = campaigns(views).stream()
                    .anyMatch(c -> c.incidents().contains(incident.path("id").asString(""))
                            && c.clients().size() > 1);
            known = new ClientRedaction(audience(views, client), people).incident(incident, spread);
            redacted.put(key, known);
        }
        return known;
    }
}
