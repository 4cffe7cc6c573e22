package io.carom.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.ConfigException;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CampaignsTest {
    private static final Instant T = Instant.parse("2026-03-01T10:00:00Z");

    private static Parties parties() {
        StringBuilder text = new StringBuilder("parties:\n  - {name: ng, role: us}\n");
        StringBuilder links = new StringBuilder("links:\n");
        for (int i = 1; i <= 8; i++) {
            text.append("  - {name: c")
                    .append(i)
                    .append(", role: client, networks: [10.2")
                    .append(i)
                    .append(".0.0/16]}\n");
            links.append("  - {name: v")
                    .append(i)
                    .append(", supplier: ng, client: c")
                    .append(i)
                    .append(", kind: ")
                    .append(i < 6 ? "vpn" : "remote-support")
                    .append(", networks: [10.1.")
                    .append(i)
                    .append(".0/24], hosts: [")
                    .append(i < 5 ? "jump1" : "jump2")
                    .append("], ports: [3389]}\n");
        }
        try {
            return PartiesFile.parse(
                    text.append("  - {name: far, role: client}\n").append(links).toString(), "p");
        } catch (ConfigException e) {
            throw new AssertionError(e);
        }
    }

    private static Member member(String client, int day, Trait... traits) {
        Set<Trait> all = new TreeSet<>(List.of(traits));
        all.add(new Trait(Trait.Kind.SUPPLIER, "ng"));
        Instant first = T.plus(Duration.ofDays(day));
        return new Member(
                "inc-" + client,
                client,
                first,
                first.plusSeconds(3600),
                "ng",
                "v" + client.substring(1),
                all,
                Set.of("T1021.001"));
    }

    private static Trait indicator(String value) {
        return new Trait(Trait.Kind.INDICATOR, value);
    }

    private static List<Campaign> of(Member... members) {
        return Campaigns.of(List.of(members), parties(), v -> v.equals("8.8.8.8"), Map.of());
    }

    @Test
    void oneKnownIndicatorJoinsClientsIntoACampaignThatSaysSinceWhenAndThroughWhat() {
        List<Campaign> all = of(
                member("c1", 0, indicator("203.0.113.9")),
                member("c2", 9, indicator("203.0.113.9")),
                member("c3", 20, indicator("198.51.100.7")));
        assertEquals(1, all.size());
        Campaign one = all.getFirst();
        assertEquals(List.of("c1", "c2"), one.clients());
        assertEquals("At least two clients, since March 2026, through ng", one.title());
        assertEquals(List.of("v1", "v2"), one.links());
        assertEquals(indicator("203.0.113.9"), one.shared().getFirst().trait());
    }

    @Test
    void aDozenIsCalledSo() {
        Campaign many = new Campaign(
                "campaign-1",
                Collections.nCopies(12, "c"),
                List.of(),
                T,
                T,
                List.of("ng"),
                List.of("v1"),
                List.of(),
                List.of(),
                1,
                List.of());
        assertEquals("At least a dozen clients, since March 2026, through link v1 of ng", many.title());
    }

    @Test
    void theSameSupplierAloneJoinsNobody() {
        assertEquals(List.of(), of(member("c1", 0), member("c2", 0), member("c3", 0)));
    }

    @Test
    void whatEverybodySharesJoinsNobody() {
        Trait update = new Trait(Trait.Kind.INFRASTRUCTURE, "192.0.2.80");
        Trait rule = new Trait(Trait.Kind.TOOL, "some-sigma-rule");
        List<Member> members = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            members.add(member("c" + i, i, update, rule, indicator("8.8.8.8")));
        }
        assertEquals(List.of(), Campaigns.of(members, parties(), v -> v.equals("8.8.8.8"), Map.of()));
        // At two of nine the same address is telling: with the same supplier it joins.
        assertEquals(1, of(member("c1", 0, update), member("c2", 1, update)).size());
    }

    @Test
    void anAddressRentedLongAgoSaysLittleAndAHashKeepsMeaningTheSame() {
        assertEquals(
                List.of(), of(member("c1", 0, indicator("203.0.113.9")), member("c2", 300, indicator("203.0.113.9"))));
        String hash = "a".repeat(64);
        assertEquals(
                1,
                of(member("c1", 0, indicator(hash)), member("c2", 300, indicator(hash)))
                        .size());
    }

    @Test
    void severalLesserThingsTogetherAreEnough() {
        Trait account = new Trait(Trait.Kind.ACCOUNT, "svc-deploy");
        Trait tool = new Trait(Trait.Kind.TOOL, "anydesk");
        assertEquals(List.of(), of(member("c1", 0, account), member("c2", 0, account)));
        assertEquals(
                1,
                of(member("c1", 0, account, tool), member("c2", 0, account, tool))
                        .size());
    }

    @Test
    void anyNumberOfTheSameRulesJoinsNobody() {
        Trait[] rules = new Trait[9];
        for (int i = 0; i < rules.length; i++) {
            rules[i] = new Trait(Trait.Kind.TOOL, "rule " + i);
        }
        assertEquals(List.of(), of(member("c1", 0, rules), member("c2", 0, rules)));
    }

    @Test
    void theOrderOfIncidentsDoesNotMatter() {
        List<Member> members = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            members.add(member("c" + i, 3 * i, indicator("203.0.113." + i / 2)));
        }
        List<Campaign> expected = Campaigns.of(members, parties(), v -> false, Map.of());
        assertFalse(expected.isEmpty());
        for (int seed = 0; seed < 20; seed++) {
            Collections.shuffle(members, new Random(seed));
            assertEquals(expected, Campaigns.of(members, parties(), v -> false, Map.of()));
        }
    }

    @Test
    void aCampaignKeepsItsIdWhenAnotherClientIsFound() {
        String two = of(member("c2", 3, indicator("203.0.113.9")), member("c3", 4, indicator("203.0.113.9")))
                .getFirst()
                .id();
        String three = of(
                        member("c1", 0, indicator("203.0.113.9")),
                        member("c2", 3, indicator("203.0.113.9")),
                        member("c3", 4, indicator("203.0.113.9")))
                .getFirst()
                .id();
        assertEquals(two, three);
    }

    @Test
    void whoIsNextIsToldWithReasonsAndWhoHasNoneIsNot() {
        List<Campaign> all = Campaigns.of(
                List.of(member("c1", 0, indicator("203.0.113.9")), member("c2", 1, indicator("203.0.113.9"))),
                parties(),
                v -> false,
                Map.of("c7", Set.of("203.0.113.9")));
        List<Campaign.Likely> next = all.getFirst().next();
        assertEquals("c7", next.getFirst().client());
        assertTrue(next.getFirst().reasons().getFirst().startsWith("203.0.113.9 was seen there too"), next::toString);
        // c3 and c4 have the same jump host and the same kind of link; c8 only the supplier and the
        // service.
        assertEquals(
                List.of("c7", "c3", "c4", "c5", "c6", "c8"),
                next.stream().map(Campaign.Likely::client).toList());
        assertTrue(next.stream().noneMatch(l -> l.client().equals("far")), next::toString);
        assertTrue(
                next.get(1).reasons().contains("link v3 begins at what the intruder came from: jump1"), next::toString);
    }

    @Test
    void aThousandIncidentsWithOneIndicatorAreOneCampaign() {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            members.add(new Member(
                    "inc-" + i,
                    "client" + i,
                    T.plusSeconds(i * 3600L),
                    T.plusSeconds(i * 3600L),
                    "",
                    "",
                    Set.of(indicator("203.0.113.9")),
                    Set.of()));
        }
        List<Campaign> all = Campaigns.of(members, Parties.NONE, v -> false, Map.of());
        assertEquals(1, all.size());
        assertEquals(1_000, all.getFirst().clients().size());
    }
}
