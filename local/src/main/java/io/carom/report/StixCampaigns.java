package io.carom.report;

import io.carom.campaign.Campaign;
import io.carom.campaign.Trait;
import java.util.List;
import java.util.Map;

/// Campaigns as STIX 2.1 objects: each with who was hit and the indicators it goes by.
final class StixCampaigns {
    private StixCampaigns() {}

    static void write(List<Campaign> campaigns, StixBundle into) {
        for (Campaign one : campaigns) {
            String id = StixBundle.own("campaign", one.id());
            Map<String, Object> it = into.dated(id);
            it.put("name", one.title());
            it.put("description", one.id() + ": " + String.join(", ", one.incidents()));
            it.put("first_seen", StixBundle.time(one.first()));
            it.put("last_seen", StixBundle.time(one.last()));
            it.put("confidence", Math.round(one.confidence() * 100));
            into.put(id, it);
            for (String client : one.clients()) {
                into.relationship(id, "targets", into.organisation(client));
            }
            for (Campaign.Shared shared : one.shared()) {
                if (shared.joins() && shared.trait().kind() == Trait.Kind.INDICATOR) {
                    into.indicator(shared.trait().value()).ifPresent(i -> into.relationship(i, "indicates", id));
                }
            }
        }
    }
}
