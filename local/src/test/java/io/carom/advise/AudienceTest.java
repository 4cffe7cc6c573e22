package io.carom.advise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Another's name in spellings that its own people use.
class AudienceTest {
    private static Audience acme() throws Exception {
        Parties parties = PartiesFile.parse("""
                parties:
                  - {name: northgate, role: us}
                  - {name: acme, role: client}
                  - {name: boreal-bank, role: client, domains: ["xn--mller-bau-q9a.example"]}
                """, "parties.yaml");
        return new Audience(parties, "acme");
    }

    @Test
    void theWordsOfANameMayBeJoinedInAnyWay() throws Exception {
        Audience acme = acme();
        for (String spelling : List.of(
                "boreal-bank",
                "boreal_bank",
                "BOREAL.BANK",
                "Boreal Bank",
                "BorealBank",
                "boreal\u2011bank",
                "boreal\u2013bank")) {
            assertFalse(acme.leaks("seen at " + spelling + " too").isEmpty(), spelling);
            assertEquals("seen at [withheld] too", acme.text("seen at " + spelling + " too"));
        }
        assertEquals("seen at the bank", acme.text("seen at the bank"));
    }

    @Test
    void aNameIsKnownInTheLettersOfPeopleAndAsItTravels() throws Exception {
        Audience acme = acme();
        assertFalse(acme.leaks("asked for www.m\u00FCller-bau.example").isEmpty());
        assertFalse(acme.leaks("asked for www.xn--mller-bau-q9a.example").isEmpty());
        Parties parties = PartiesFile.parse("""
                parties:
                  - {name: northgate, role: us}
                  - {name: acme, role: client}
                  - {name: mullerbau, role: client}
                """, "parties.yaml");
        assertFalse(new Audience(parties, "acme")
                .leaks("asked for xn--mllerbau-65a.example")
                .isEmpty());
    }

    @Test
    void whatIsWrittenSoThatNobodyFollowsItIsReadAllTheSame() throws Exception {
        Parties parties = PartiesFile.parse("""
                parties:
                  - {name: northgate, role: us}
                  - {name: acme, role: client}
                  - {name: borealis-bank, role: client, networks: [10.40.0.0/16], domains: [bor.example]}
                """, "parties.yaml");
        Audience acme = new Audience(parties, "acme");
        for (String address : List.of("10.40.3[.]7", "10[.]40.3.7", "10.40[.]3[.]7", "10[.]40[.]3[.]7")) {
            assertEquals("asked by [withheld] twice", acme.text("asked by " + address + " twice"));
        }
        for (String other : List.of("10.40.3(.)7", "10.40.3[dot]7", "www.bor[.]example", "a[AT]bor(dot)example")) {
            assertFalse(acme.leaks("asked by " + other).isEmpty(), other);
        }
        assertEquals("asked by 10.41.3[.]7 of cor[.]example", acme.text("asked by 10.41.3[.]7 of cor[.]example"));
    }
}
