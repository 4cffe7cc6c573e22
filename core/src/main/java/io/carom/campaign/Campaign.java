package io.carom.campaign;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/// Incidents of at least two parties that are one intruder's.
///
/// @param id made of what most of them share: the same as long as that is
/// @param clients who was hit, by name; at least so many, for others may not have looked
/// @param incidents their ids, the earliest first
/// @param links over which it came, and `suppliers` from which, by name
/// @param shared what they have in common, that which most have first
/// @param confidence 0 to 1 that it is one intruder; a weighing, not a measured frequency
/// @param next who else is likely, the likeliest first
public record Campaign(
        String id,
        List<String> clients,
        List<String> incidents,
        Instant first,
        Instant last,
        List<String> suppliers,
        List<String> links,
        List<Shared> shared,
        List<String> techniques,
        double confidence,
        List<Likely> next) {
    private static final DateTimeFormatter MONTH =
            DateTimeFormatter.ofPattern("MMMM uuuu", Locale.ENGLISH).withZone(ZoneOffset.UTC);
    private static final String[] NUMBERS = {
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"
    };

    public Campaign {
        clients = List.copyOf(clients);
        incidents = List.copyOf(incidents);
        suppliers = List.copyOf(suppliers);
        links = List.copyOf(links);
        shared = List.copyOf(shared);
        techniques = List.copyOf(techniques);
        next = List.copyOf(next);
    }

    /// @param clients that have it
    /// @param joins whether it speaks for one intruder; what everybody shares does not
    public record Shared(Trait trait, List<String> clients, boolean joins) {
        public Shared {
            clients = List.copyOf(clients);
        }
    }

    /// A client that was not hit as far as is known.
    ///
    /// @param likelihood 0 to 1, to order by
    /// @param reasons in words, the weightiest first
    public record Likely(String client, double likelihood, List<String> reasons) {
        public Likely {
            reasons = List.copyOf(reasons);
        }
    }

    /// `At least three clients, since March 2019, through alnor-it`
    public String title() {
        int n = clients.size();
        String many = n == 12 ? "a dozen" : n < NUMBERS.length ? NUMBERS[n] : String.format(Locale.ENGLISH, "%,d", n);
        String way = suppliers.isEmpty()
                ? ""
                : links.size() == 1
                        ? ", through link " + links.getFirst() + " of " + suppliers.getFirst()
                        : ", through " + String.join(", ", suppliers);
        return "At least " + many + (n == 1 ? " client" : " clients") + ", since " + MONTH.format(first) + way;
    }
}
