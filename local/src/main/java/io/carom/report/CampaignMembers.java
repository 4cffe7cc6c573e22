package io.carom.report;

import io.carom.campaign.Member;
import io.carom.campaign.Trait;
import io.carom.event.Cidr;
import io.carom.incident.Incident;
import io.carom.party.Parties;
import io.carom.party.Party;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Incidents as campaigns see them, read from their JSON.
public final class CampaignMembers {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> SEVERITIES = List.of("informational", "low", "medium", "high", "critical");
    private static final Set<String> TOOLS = Set.of("anydesk", "teamviewer", "screenconnect", "remote support");

    /// Hops that are less likely say nothing of a path.
    private static final double SURE = 0.5;

    private CampaignMembers() {}

    /// Of incidents of one investigation.
    public static List<Member> of(List<Incident> incidents, Parties parties) throws IOException {
        StringWriter text = new StringWriter();
        Report.incidents(incidents, text);
        List<Member> members = new ArrayList<>();
        for (String line : text.toString().split("\n")) {
            if (!line.isBlank()) {
                members.add(of(JSON.readTree(line), parties));
            }
        }
        return members;
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).asString("");
    }

    /// Of one incident.
    public static Member of(JsonNode incident, Parties parties) {
        String client = text(incident, "client");
        Set<Trait> traits = new TreeSet<>();
        for (JsonNode finding : incident.path("findings")) {
            finding(finding, client, parties, traits);
        }
        String campaign = text(incident, "campaign");
        if (!campaign.isEmpty()) {
            traits.add(new Trait(Trait.Kind.SPRINGBOARD, campaign));
        }
        for (JsonNode hop : incident.path("path")) {
            hop(hop, client, traits);
        }
        String supplier = text(incident.path("entry"), "party");
        if (!supplier.isEmpty() && !supplier.equals(client)) {
            traits.add(new Trait(Trait.Kind.SUPPLIER, supplier));
        }
        if (role(client, parties) != Party.Role.CLIENT) {
            // Where the way of others leads through, this party's own machines are where they come from.
            traits.add(new Trait(Trait.Kind.SUPPLIER, client));
        }
        Set<String> techniques = new TreeSet<>();
        incident.path("techniques").forEach(t -> techniques.add(t.asString("")));
        String occurred = text(incident.path("clocks"), "occurred");
        return new Member(
                text(incident, "id"),
                client,
                Instant.parse(occurred.isEmpty() ? text(incident, "first_seen") : occurred),
                Instant.parse(text(incident, "last_seen")),
                supplier.equals(client) ? "" : supplier,
                text(incident.path("entry"), "link"),
                traits,
                techniques);
    }

    private static Party.@Nullable Role role(String name, Parties parties) {
        return parties.named(name).map(Party::role).orElse(Party.Role.CLIENT);
    }

    private static void finding(JsonNode finding, String client, Parties parties, Set<Trait> traits) {
        String analytic = text(finding, "analytic");
        String[] parts = analytic.split(":", 3);
        if (parts.length == 3 && parts[0].equals("indicator")) {
            traits.add(new Trait(Trait.Kind.INDICATOR, parts[2].toLowerCase(Locale.ROOT)));
            return;
        }
        int severity = SEVERITIES.indexOf(text(finding, "severity"));
        if (severity >= 3 && !analytic.startsWith("carom.")) {
            traits.add(new Trait(Trait.Kind.TOOL, analytic));
        }
        if (severity >= 2) {
            for (JsonNode evidence : finding.path("evidence")) {
                for (String end : List.of("src", "dst")) {
                    String value = text(evidence, end);
                    byte[] address = Cidr.address(value);
                    if (address != null
                            && parties.ownerOf(address, client) == null
                            && parties.linkOf(address, client) == null) {
                        traits.add(new Trait(Trait.Kind.INFRASTRUCTURE, value.toLowerCase(Locale.ROOT)));
                    }
                }
            }
        }
    }

    private static void hop(JsonNode hop, String client, Set<Trait> traits) {
        String from = text(hop, "party");
        String account = text(hop, "account").toLowerCase(Locale.ROOT);
        String via = text(hop, "via").toLowerCase(Locale.ROOT);
        boolean sure = hop.path("confidence").asDouble(0) >= SURE;
        if (TOOLS.contains(via)) {
            traits.add(new Trait(Trait.Kind.TOOL, via));
        }
        if (sure && !from.isEmpty() && !from.equals(client)) {
            // The supplier's own machine from which it went on, not the end of its link, which others
            // use too.
            if (from.equals(text(hop, "to_party"))) {
                traits.add(new Trait(
                        Trait.Kind.SPRINGBOARD, from + " " + text(hop, "from").toLowerCase(Locale.ROOT)));
            }
            if (!account.isEmpty()) {
                traits.add(new Trait(Trait.Kind.ACCOUNT, account.substring(account.indexOf('\\') + 1)));
            }
        }
    }
}
