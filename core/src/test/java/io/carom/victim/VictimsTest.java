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
    void domainsInOtherLettersAreReadAsTheLettersTheyStandFor() {
        Client mueller = client("Bau und Boden", "müller-bau.example", null);
        Client werk = client("Asphalt und Teer", "xn--strae-werk-83a.example", null);
        Victims victims = new Victims(List.of(mueller, werk));
        assertEquals(
                "Bau und Boden", victims.find("mail.xn--mller-bau-q9a.example").client());
        assertEquals("Asphalt und Teer", victims.find("vpn.straße-werk.example").client());
        // A Cyrillic o, and a Cyrillic r that looks like a p.
        assertEquals("Infosys Limited", of("xn--infsys-yqf.example.com"));
        assertEquals("Wipro Limited", of("xn--wiro-h6d.example.com"));
        assertEquals("Wipro Limited", of("wi\u0440ro_hr"));
        assertEquals("Северсталь", of("Северсталь archive"));
    }

    @Test
    void namesAreReadThroughWhatProgramsMadeOfThem() {
        Victims victims = new Victims(List.of(client("König Stahl AG", "koenig-stahl.example", null)));
        assertEquals("König Stahl AG", victims.find("K%C3%B6nig%20Stahl").client());
        assertEquals("König Stahl AG", victims.find("Ko\u0308nig Stahl").client());
        assertEquals("Müller Maschinenbau KG", of("M\u00c3\u00bcller_cad"));
        assertNull(victims.find("100%20off").client());
        Victims apart = new Victims(List.of(client("Ko\u0308nig Stahl AG", "ks.example", null)));
        assertEquals("Ko\u0308nig Stahl AG", apart.find("koenig_cad").client());
    }

    @Test
    void foldersOfAUrlAreLookedAtToo() {
        assertEquals("Wipro Limited", of("https://cdn.internal-message.app/wipro/hr.zip"));
        assertEquals("Infosys Limited", of("http://files.internal-message.app/d?of=infosys&n=1"));
        assertNull(of("https://cdn.internal-message.app/old/hr.zip"));
    }

    @Test
    void aDomainsNameIsWhatStandsBeforeItsPublicSuffix() throws Exception {
        Victims victims = new Victims(List.of(
                client("Homes and Communities", "kainga.govt.nz", null),
                client("Water and Light", "lumira.github.io", null)));
        assertEquals("Homes and Communities", victims.find("kainga_backup").client());
        assertEquals("Water and Light", victims.find("lumira_backup").client());
        assertNull(victims.find("github_backup").client());
        // Paraguay's domains end as programs in Python do.
        assertEquals(
                List.of("acme.com.py"),
                ClientList.parse("name,domain\nAcme,acme.com.py\n", "c.csv")
                        .getFirst()
                        .domains());
        assertEquals(
                List.of("acme.zip"),
                ClientList.parse("name,domain\nAcme,acme.zip\n", "c.csv")
                        .getFirst()
                        .domains());
        assertEquals(
                List.of("acme.com.py"),
                ClientList.parse("acme.com.py\n", "c.txt").getFirst().domains());
    }

    @Test
    void tablesArePartedAsSpreadsheetsPartThem() throws Exception {
        Client acme = new Client("Acme, Inc.", List.of("Acme, Inc."), List.of("acme.example"), List.of("ACM"));
        assertEquals(List.of(acme), ClientList.parse("name;domain;ticker\nAcme, Inc.;acme.example;ACM\n", "c.csv"));
        assertEquals(
                List.of(acme), ClientList.parse("name\tdomain\tticker\n\"Acme, Inc.\"\tacme.example\tACM\n", "c.tsv"));
        assertEquals(List.of("a, b", "c"), NameList.parse("date;folder\n1;a, b\n2;c\n"));
        assertEquals(List.of("a, b"), NameList.parse("folder\tsize\na, b\t1\n"));
        assertEquals(List.of("acme", "tgt"), NameList.parse("[\n  \"acme\",\n  {\"name\": \"tgt\"}\n]\n"));
    }

    @Test
    void listingsOfWindowsAreReadByTheirNames() {
        assertEquals(
                List.of("C:\\loot", "Infosys", "2019 wipro", "hr.zip", "acme", "tgt.rar", "C:\\alt", "neu"),
                NameList.parse("""
                            Directory: C:\\loot

                        Mode                 LastWriteTime         Length Name
                        ----                 -------------         ------ ----
                        d-----         4/15/2019  10:00 AM                Infosys
                        d----          15.04.2019    10:00                2019 wipro
                        -a----         4/15/2019  10:00 AM           1234 hr.zip
                        Folder PATH listing for volume Data
                        Volume serial number is 1234-ABCD
                        C:.
                        ├───acme
                        │   tgt.rar
                         Datenträger in Laufwerk C: ist System
                         Verzeichnis von C:\\alt
                        15.04.2019  10:00    <DIR>          neu
                                       0 Datei(en),              0 Bytes
                        """));
        byte[] written = "\uFEFFInfosys\r\nMüller\r\n".getBytes(StandardCharsets.UTF_16LE);
        assertEquals(List.of("Infosys", "Müller"), NameList.parse(NameList.text(written)));
        NameList.parse("│ ".repeat(20_000));
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

    /// 320 names over 200 companies, labelled by somebody who did not know how they are found. When they were
    /// first held against the program, precision was 0.957 and recall 0.852; what was mended since was mended
    /// with them in sight.
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
