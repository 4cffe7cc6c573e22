package io.carom.report;

import io.carom.event.Cidr;
import io.carom.intel.Warninglists;
import io.carom.party.Parties;
import java.util.Set;
import java.util.function.Predicate;

/// Values that speak for no campaign, whoever shares them: public resolvers, popular sites, private
/// networks, what parties own, accounts that every network has.
public final class CampaignValues {
    private static final Set<String> COMMON = Set.of(
            "administrator", "admin", "root", "system", "guest", "user", "anonymous", "krbtgt", "nobody", "test");

    private CampaignValues() {}

    public static Predicate<String> excused(Parties parties, Warninglists lists) {
        return value -> {
            byte[] address = Cidr.address(value);
            return COMMON.contains(value)
                    || lists.holding(value) != null
                    || (address == null ? parties.ownerOfName(value) != null : parties.ownerOf(address, "") != null);
        };
    }
}
