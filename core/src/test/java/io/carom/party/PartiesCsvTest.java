package io.carom.party;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carom.config.ConfigException;
import io.carom.event.Cidr;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PartiesCsvTest {
    private static final String OWNED = """
            Party;Type;Value;Role
            Acme Corp.;network;10.20.0.0/16;client
            Acme Corp.;host;"ACME-DC1";
            Acme Corp.;account;acme\\*;
            Northgate IT;networks;2001:db8:1::/48;supplier
            """;

    private static final String LINKS = """
            link,supplier,client,kind,networks,ports,hours,purpose
            Northgate VPN,Northgate IT,Acme Corp.,vpn,10.99.4.0/24; 10.99.5.0/24,22;3389,08:00-18:00,"Patching, ""all"" servers"
            """;

    @Test
    void tablesOfWhatPartiesOwnAndOfLinksMakeOneFile() throws ConfigException {
        PartiesCsv tables = new PartiesCsv();
        tables.add("owned.csv", OWNED);
        tables.add("links.csv", LINKS);
        Parties parties = PartiesFile.parse(tables.yaml(), "made");
        assertEquals(
                "acme-corp",
                Objects.requireNonNull(parties.ownerOfName("acme-dc1")).name());
        assertEquals(
                "acme-corp",
                Objects.requireNonNull(parties.ownerOfAccount("ACME\\j.doe")).name());
        byte[] v6 = Objects.requireNonNull(Cidr.address("2001:db8:1::9"));
        assertEquals(
                "northgate-it",
                Objects.requireNonNull(parties.ownerOf(v6, "acme-corp")).name());
        Link link = parties.links().getFirst();
        assertEquals(List.of(22, 3389), link.ports());
        assertEquals("Patching, \"all\" servers", link.purpose());
        assertEquals("northgate-vpn", link.name());
        byte[] end = Objects.requireNonNull(Cidr.address("10.99.5.7"));
        assertEquals(link, parties.linkOf(end, "acme-corp"));
    }

    @Test
    void everyFaultOfEveryTableIsToldWithItsLine() {
        PartiesCsv tables = new PartiesCsv();
        tables.add("a.csv", "party,role,type,value\nacme,client,netwrk,10.0.0.0/8\nacme,supplier,host,\n,,host,x\n");
        tables.add("b.csv", "a,b\n1,2\n");
        tables.add("c.csv", "");
        ConfigException e = assertThrows(ConfigException.class, tables::yaml);
        assertEquals(
                List.of(
                        "a.csv:2: type \"netwrk\" is unknown. Did you mean \"network\"?",
                        "a.csv:3: \"acme\" is client in a row above and supplier here",
                        "a.csv:3: the value is missing",
                        "a.csv:4: the party is missing",
                        "b.csv:1: found the columns a, b; expected party,role,type,value or link,supplier,client,kind,"
                                + "networks,hosts,accounts,ports,hours,zone,targets,purpose,contact,contract",
                        "c.csv:1: the table is empty; expected a first line such as party,role,type,value"),
                e.faults());
    }

    @Test
    void aValueThatIsNoNetworkIsAFaultOfTheMadeFile() {
        PartiesCsv tables = new PartiesCsv();
        tables.add("a.csv", "party,role,type,value\nacme,client,network,10.0.0.0/40\n");
        ConfigException e = assertThrows(ConfigException.class, tables::yaml);
        assertEquals(1, e.faults().size());
        assertEquals(
                "parties.yaml as made:4:16: \"10.0.0.0/40\" is no network: the prefix length of IPv4 is 0 to 32",
                e.faults().getFirst());
    }

    @Test
    void whatACellHoldsCannotBecomeYaml() throws ConfigException {
        PartiesCsv tables = new PartiesCsv();
        tables.add(
                "a.csv",
                "party,role,type,value\nacme,client,host,\"x]\n  - name: evil\"\nacme,client,host,\"a\"\"b: c\"\n");
        Parties parties = PartiesFile.parse(tables.yaml(), "made");
        assertEquals(1, parties.parties().size());
        assertEquals(
                List.of("x]   - name: evil", "a\"b: c"),
                parties.parties().getFirst().hosts());
    }
}
