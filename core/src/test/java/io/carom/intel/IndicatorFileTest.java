package io.carom.intel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;

class IndicatorFileTest {
    private static IndicatorFile.Read read(String text) throws IOException {
        return IndicatorFile.read(new StringReader(text), "list");
    }

    private static List<String> values(IndicatorFile.Read read) {
        return read.indicators().stream()
                .map(i -> i.type().label() + " " + i.value())
                .toList();
    }

    @Test
    void aPlainListIsTypedByContentAndDefangingIsUndone() throws IOException {
        IndicatorFile.Read read = read("""
                # a comment
                203[.]0[.]113[.]9
                198.51.100.0/24
                2001:db8::1
                hxxps://evil[.]example/a?b=1
                evil(dot)example
                44D88612FEA8A8F36DE82E1278ABB02F
                hr[@]lure.example  # the lure
                not an indicator at all

                evil.example
                """);
        assertEquals(
                List.of(
                        "ip 203.0.113.9",
                        "cidr 198.51.100.0/24",
                        "ip 2001:db8::1",
                        "url evil.example/a?b=1",
                        "domain evil.example",
                        "hash 44d88612fea8a8f36de82e1278abb02f",
                        "email hr@lure.example"),
                values(read));
        assertEquals(
                List.of("list:9: no indicator: expected an address, network, domain, URL, hash or mail address"),
                read.faults());
        assertEquals("the lure", read.indicators().getLast().comment());
    }

    @Test
    void aListWithAHeaderIsReadByItsColumns() throws IOException {
        IndicatorFile.Read read = read("""
                comment,type,value
                "first, quoted",domain,Bad.Example
                bare host under a wrong type,url,cc.example
                network,ip,203.0.113.0/25
                bad,ip,999.1.1.1
                account,account,SVC-Backdoor
                """);
        assertEquals(
                List.of("domain bad.example", "domain cc.example", "cidr 203.0.113.0/25", "account svc-backdoor"),
                values(read));
        assertEquals("first, quoted", read.indicators().getFirst().comment());
        assertEquals(
                List.of("list:5: no indicator: expected an address, network, domain, URL, hash or mail address in"
                        + " column \"value\""),
                read.faults());
    }

    @Test
    void theNetworkOfEverybodyIsRefused() throws IOException {
        assertEquals(1, read("0.0.0.0/0\n").faults().size());
        assertEquals(1, read("::/0\n").faults().size());
    }

    @Test
    void hostileLinesAreFaultsAndNothingThrows() throws IOException {
        String giant = "a".repeat(IndicatorFile.MAX_LINE + 1);
        assertEquals(
                2, read(giant + "\n\u0000\u0001\u0002\nx.example\n").faults().size());
        assertEquals(
                1,
                read("a".repeat(60_000) + "." + "b".repeat(100) + "\n").faults().size());
    }
}
