package io.carom.cases;

import io.carom.campaign.Campaign;
import io.carom.campaign.Campaigns;
import io.carom.campaign.Member;
import io.carom.campaign.Trait;
import io.carom.event.Indicator;
import io.carom.intel.Warninglists;
import io.carom.lake.Lake;
import io.carom.lake.Sightings;
import io.carom.party.Parties;
import io.carom.report.CampaignMembers;
import io.carom.report.CampaignValues;
import io.carom.run.Hunt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The campaigns among the kept incidents, those of all investigations together. Where what joins one
/// was seen at other clients too is asked of kept history.
public final class KeptCampaigns {
    private KeptCampaigns() {}

    /// Those with most clients first.
    public static List<Campaign> of(Cases cases, Path home, Parties parties, Warninglists lists) throws IOException {
        List<Member> members = new ArrayList<>();
        for (ObjectNode incident : cases.incidents()) {
            members.add(CampaignMembers.of(incident, parties));
        }
        Predicate<String> excused = CampaignValues.excused(parties, lists);
        List<Campaign> campaigns = Campaigns.of(members, parties, excused, Map.of());
        if (campaigns.isEmpty() || !Files.exists(home.resolve("lake").resolve("catalog.db"))) {
            return campaigns;
        }
        return Campaigns.of(members, parties, excused, sightings(home, campaigns));
    }

    /// By client what was seen there of the values that join campaigns, at clients that are in none of
    /// them.
    private static Map<String, Set<String>> sightings(Path home, List<Campaign> campaigns) throws IOException {
        Set<String> hit = new TreeSet<>();
        Set<String> values = new TreeSet<>();
        for (Campaign one : campaigns) {
            hit.addAll(one.clients());
            one.shared().stream()
                    .filter(Campaign.Shared::joins)
                    .filter(s -> s.trait().kind() == Trait.Kind.INDICATOR
                            || s.trait().kind() == Trait.Kind.INFRASTRUCTURE)
                    .forEach(s -> values.add(s.trait().value()));
        }
        List<Indicator> asked = new ArrayList<>();
        for (String value : values) {
            io.carom.intel.IndicatorValue.of(value)
                    .ifPresent(t -> asked.add(new Indicator(t.type(), t.value(), "", "")));
        }
        Map<String, Set<String>> seen = new HashMap<>();
        if (asked.isEmpty()) {
            return seen;
        }
        try (Lake lake = Lake.open(home)) {
            for (String client : lake.clients()) {
                if (hit.contains(client)) {
                    continue;
                }
                try (Sightings sightings = lake.sightings(Set.of(client))) {
                    for (Hunt.Sighting s : new Hunt(lake, sightings, Hunt.Period.ALL).seen(asked)) {
                        seen.computeIfAbsent(client, c -> new TreeSet<>())
                                .add(s.indicator().value());
                    }
                }
            }
        }
        return seen;
    }

    /// As `carom campaigns --json` prints it.
    public static void json(Campaign one, ObjectNode into) {
        into.put("id", one.id()).put("title", one.title());
        one.clients().forEach(into.putArray("clients")::add);
        one.incidents().forEach(into.putArray("incidents")::add);
        into.put("first_seen", one.first().toString())
                .put("last_seen", one.last().toString());
        one.suppliers().forEach(into.putArray("suppliers")::add);
        one.links().forEach(into.putArray("links")::add);
        ArrayNode shared = into.putArray("shared");
        for (Campaign.Shared s : one.shared()) {
            ObjectNode each = shared.addObject();
            each.put("kind", s.trait().kind().name().toLowerCase(java.util.Locale.ROOT))
                    .put("value", s.trait().value());
            s.clients().forEach(each.putArray("clients")::add);
            each.put("joins", s.joins());
        }
        one.techniques().forEach(into.putArray("techniques")::add);
        into.put("confidence", one.confidence());
        ArrayNode next = into.putArray("next");
        for (Campaign.Likely l : one.next()) {
            ObjectNode each = next.addObject();
            each.put("client", l.client()).put("likelihood", l.likelihood());
            l.reasons().forEach(each.putArray("reasons")::add);
        }
    }
}
