package io.carom.party;

import io.carom.event.Cidr;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Whose an address, host, domain, account or mail address is, with the reason, for people who ask.
///
/// Two clients may use the same private network: without a tenant all owners are answered, longest prefix
/// first.
public final class Whois {
    /// One owner.
    ///
    /// @param why what of the parties file says so: `network 10.1.0.0/16`, `link northgate-acme-vpn,
    /// network …`
    /// @param link the way it is one end of, if it is
    /// @param inHours whether the time asked for lies in the link's hours; null if there is no link or no
    /// time
    public record Owner(
            Party party,
            String why,
            @Nullable Link link,
            @Nullable Boolean inHours) {}

    private final Parties parties;

    public Whois(Parties parties) {
        this.parties = parties;
    }

    /// @param tenant whose logs the value was seen in, or null
    /// @param at when it was seen, or null
    /// @return links over which it reaches a client first, then owners; empty if nobody declared it
    public List<Owner> ask(String value, @Nullable String tenant, @Nullable Instant at) {
        String folded = value.strip().toLowerCase(Locale.ROOT);
        List<Owner> owners = new ArrayList<>();
        byte[] address = Cidr.address(folded);
        if (address != null) {
            addresses(address, tenant, at, owners);
            return owners;
        }
        names(folded, tenant, at, owners);
        accounts(folded, at, owners);
        return owners;
    }

    private void addresses(byte[] address, @Nullable String tenant, @Nullable Instant at, List<Owner> owners) {
        for (Link link : parties.links()) {
            if (tenant != null && !link.client().equals(tenant)) {
                continue;
            }
            for (Cidr network : link.networks()) {
                if (network.contains(address)) {
                    over(link, "network " + network, at, owners);
                    break;
                }
            }
        }
        List<Owner> byNetwork = new ArrayList<>();
        List<Integer> bits = new ArrayList<>();
        for (Party party : parties.parties()) {
            party.allNetworks().stream()
                    .filter(n -> n.contains(address))
                    .max(Comparator.comparingInt(Cidr::bits))
                    .ifPresent(network -> {
                        int before = 0;
                        while (before < bits.size() && bits.get(before) >= network.bits()) {
                            before++;
                        }
                        bits.add(before, network.bits());
                        byNetwork.add(
                                before, new Owner(party, "network " + network + site(party, network), null, null));
                    });
        }
        if (tenant == null) {
            owners.addAll(byNetwork);
            return;
        }
        Party owner = parties.ownerOf(address, tenant);
        byNetwork.stream().filter(o -> o.party.equals(owner)).forEach(owners::add);
    }

    private static String site(Party party, Cidr network) {
        List<String> sites = party.sites().stream()
                .filter(s -> s.networks().contains(network))
                .map(Party.Site::name)
                .toList();
        return sites.isEmpty() ? "" : " of site " + String.join(" or ", sites);
    }

    private void names(String name, @Nullable String tenant, @Nullable Instant at, List<Owner> owners) {
        String host = name.indexOf('@') < 0 ? name : name.substring(name.indexOf('@') + 1);
        for (Link link : parties.linksOfHost(host)) {
            if (tenant == null || link.client().equals(tenant)) {
                over(link, "host " + host, at, owners);
            }
        }
        Party party = parties.ownerOfName(host);
        if (party != null) {
            String why = party.domains().stream()
                    .filter(d -> host.equals(d) || host.endsWith("." + d))
                    .max(Comparator.comparingInt(String::length))
                    .map(d -> "domain " + d)
                    .orElse("host " + host);
            owners.add(new Owner(party, why, null, null));
        }
    }

    private void accounts(String account, @Nullable Instant at, List<Owner> owners) {
        int slash = account.indexOf('\\');
        String directory = slash > 0 ? account.substring(0, slash) : account.substring(account.lastIndexOf('@') + 1);
        for (Party party : parties.parties()) {
            if (party.directories().contains(directory)) {
                owners.add(new Owner(party, "directory " + directory, null, null));
            } else if (party.mailDomains().contains(directory)) {
                owners.add(new Owner(party, "mail domain " + directory, null, null));
            } else if (party.tenants().contains(account)) {
                owners.add(new Owner(party, "cloud tenant " + account, null, null));
            }
        }
        String bare = account.substring(account.indexOf('\\') + 1);
        for (Link link : parties.links()) {
            pattern(link.accounts(), account, bare, p -> over(link, "account " + p, at, owners));
        }
        for (Party party : parties.parties()) {
            pattern(party.accounts(), account, bare, p -> owners.add(new Owner(party, "account " + p, null, null)));
        }
    }

    private static void pattern(
            List<String> patterns, String account, String bare, java.util.function.Consumer<String> found) {
        for (String pattern : patterns) {
            if (matches(pattern, account) || matches(pattern, bare)) {
                found.accept(pattern);
                return;
            }
        }
    }

    /// Whether the text is as the pattern says, in which `*` stands for any text.
    static boolean matches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int mark = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                mark = t;
            } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++mark;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    private void over(Link link, String why, @Nullable Instant at, List<Owner> owners) {
        parties.named(link.supplier())
                .ifPresent(supplier ->
                        owners.add(new Owner(supplier, "link " + link.name() + ", " + why, link, inHours(link, at))));
    }

    /// Whether a link may be used at this time; null if there is no time or the link has no hours.
    /// Hours such as `22:00-06:00` go over midnight.
    public static @Nullable Boolean inHours(Link link, @Nullable Instant at) {
        if (at == null || link.hours().isEmpty()) {
            return null;
        }
        try {
            int now = at.atZone(ZoneId.of(link.zone())).toLocalTime().get(java.time.temporal.ChronoField.MINUTE_OF_DAY);
            int dash = link.hours().indexOf('-');
            int from = minute(link.hours().substring(0, dash));
            int to = minute(link.hours().substring(dash + 1));
            return from <= to ? now >= from && now < to : now >= from || now < to;
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static int minute(String time) {
        return time.startsWith("24:") ? 24 * 60 : LocalTime.parse(time).toSecondOfDay() / 60;
    }
}
