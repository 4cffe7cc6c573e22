package io.carom.server.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carom.config.ConfigException;
import io.carom.source.Sources;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListenersFileTest {
    private static ListenersFile parse(String text) throws ConfigException {
        return ListenersFile.parse(text, "listeners.yaml", Sources.installed());
    }

    @Test
    void whatIsSaidIsTaken() throws Exception {
        ListenersFile file = parse("""
                live: {lateness: 2s}
                spool: {most: 2GiB, reserve: 100MiB}
                listeners:
                  - kind: syslog-tls
                    address: 0.0.0.0:6514
                    name: firewalls
                    clients: {10.1.0.0/16: acme, 10.2.0.0/16: birch}
                    format: cisco-asa
                  - kind: https
                    address: "[::]:8088"
                    tokens: {"0123456789abcdef": acme}
                """);
        assertEquals(Duration.ofSeconds(2), file.lateness());
        assertEquals(2L << 30, file.spool().most());
        ListenerSettings first = file.listeners().getFirst();
        assertEquals(List.of("acme", "birch"), first.senders());
        assertEquals("birch", first.clientOf(java.net.InetAddress.ofLiteral("10.2.3.4")));
        assertEquals("local", first.clientOf(java.net.InetAddress.ofLiteral("192.0.2.1")));
        ListenerSettings second = file.listeners().getLast();
        assertEquals("https", second.name());
        assertEquals("acme", second.clientOfToken("0123456789abcdef"));
        assertEquals(null, second.clientOfToken("0123456789abcdeg"));
    }

    @Test
    void allFaultsAreToldAtOnceEachWithItsPlace() {
        ConfigException e = assertThrows(ConfigException.class, () -> parse("""
                spool: {most: lots}
                listeners:
                  - kind: syslog-tcpp
                    address: 127.0.0.1:5514
                  - kind: syslog-udp
                    address: 5514
                  - kind: http
                    address: 0.0.0.0:8088
                    tokns: {}
                    client: Acme Ltd
                  - kind: syslog-tcp
                    address: 127.0.0.1:5515
                    format: cisco-as
                    connections: many
                  - kind: https
                    address: 0.0.0.0:8089
                    tokens: {short: acme}
                """));
        assertEquals(
                List.of(
                        "listeners.yaml:1:15: expected a size such as 512MiB or 16GiB, found \"lots\"",
                        "listeners.yaml:3:11: no kind of listener is \"syslog-tcpp\"; expected "
                                + String.join(", ", Listeners.names()) + ". Did you mean \"syslog-tcp\"?",
                        "listeners.yaml:6:14: expected an address and a port, such as 127.0.0.1:5514 or [::1]:5514,"
                                + " found \"5514\"",
                        "listeners.yaml:8:14: without tokens only this machine may send: name tokens, or listen on"
                                + " 127.0.0.1",
                        "listeners.yaml:9:12: \"tokns\" is unknown for http. Did you mean \"tokens\"?",
                        "listeners.yaml:10:13: a client's name is lower-case letters, digits, - and _, found"
                                + " \"Acme Ltd\"",
                        "listeners.yaml:13:13: no format is named \"cisco-as\". Did you mean \"cisco-asa\"?",
                        "listeners.yaml:14:18: expected a number from 1 to 999999, found \"many\"",
                        "listeners.yaml:17:21: a token has at least 16 characters, or it can be guessed"),
                e.faults());
    }

    @Test
    void optionsAddListenersAndTheirFaultsNameTheOption() throws Exception {
        ListenersFile file = ListenersFile.NONE.with(
                List.of("syslog-tcp=127.0.0.1:0", "syslog-tcp=127.0.0.1:1"), Sources.installed());
        assertEquals(
                List.of("syslog-tcp", "syslog-tcp-2"),
                file.listeners().stream().map(ListenerSettings::name).toList());
        ConfigException e = assertThrows(
                ConfigException.class, () -> ListenersFile.NONE.with(List.of("syslog=1"), Sources.installed()));
        assertEquals(true, e.faults().getFirst().startsWith("--listen syslog=1: no kind of listener is \"syslog\""));
    }
}
