package io.carom.server.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyslogListenersTest {
    @TempDir
    Path home;

    private Around around;

    @BeforeEach
    void around() {
        around = new Around(home);
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @Test
    void packetsAreRecordsBySender() throws Exception {
        try (Listener listener = around.start("syslog-udp", Map.of(), Map.of());
                DatagramSocket socket = new DatagramSocket()) {
            for (int i = 0; i < 100; i++) {
                byte[] b = ("<13>message " + i + "\n").getBytes(StandardCharsets.UTF_8);
                socket.send(new DatagramPacket(b, b.length, InetAddress.ofLiteral("127.0.0.1"), Around.port(listener)));
            }
            Around.await("all packets", () -> around.records().size() == 100);
            assertEquals("<13>message 99", around.records().getLast());
            assertEquals("127.0.0.1", around.entries.getFirst().sender());
            assertEquals(100, listener.counts().records.get());
        }
    }

    @Test
    void aFullSpoolHoldsTcpBackAndNothingIsLost() throws Exception {
        around.full = true;
        try (Listener listener = around.start("syslog-tcp", Map.of(), Map.of());
                Socket socket = new Socket("127.0.0.1", Around.port(listener))) {
            write(socket, "<13>one\n<13>two\n");
            Around.await("it waits", () -> listener.counts().waited.get() > 1);
            assertEquals(List.of(), around.records());
            around.full = false;
            Around.await("both", () -> around.records().size() == 2);
        }
        assertEquals(List.of("<13>one", "<13>two"), around.records());
    }

    @Test
    void whatWasReceivedBeforeItIsClosedIsKept() throws Exception {
        Listener listener = around.start("syslog-tcp", Map.of(), Map.of());
        try (Socket socket = new Socket("127.0.0.1", Around.port(listener))) {
            write(socket, "<13>one\n<13>cut in its mid");
            Around.await("the first", () -> around.records().size() == 1);
            listener.close();
        }
        assertEquals(List.of("<13>one", "<13>cut in its mid"), around.records());
    }

    @Test
    void oneAddressCannotTakeAllConnections() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try (Listener listener = around.start("syslog-tcp", Map.of(), Map.of("connections", "40"))) {
            for (int i = 0; i < 30; i++) {
                sockets.add(new Socket("127.0.0.1", Around.port(listener)));
            }
            Around.await(
                    "those beyond are refused", () -> listener.counts().refused.get() == 20);
            assertEquals(10, listener.counts().connections.get());
            // Of those that were taken each still works.
            write(sockets.getFirst(), "<13>x\n");
            Around.await("the record", () -> around.records().size() == 1);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void oneThatIsRefusedAsThereAreTooManyStillCountsItsOthers() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try (Listener listener = around.start("syslog-tcp", Map.of(), Map.of("connections", "4"))) {
            int port = Around.port(listener);
            for (int i = 1; i <= 4; i++) {
                sockets.add(new Socket("127.0.0.1", port, InetAddress.ofLiteral("127.0.0." + i), 0));
            }
            Around.await("four", () -> listener.counts().connections.get() == 4);
            sockets.add(new Socket("127.0.0.1", port, InetAddress.ofLiteral("127.0.0.1"), 0));
            Around.await("it is one too many", () -> listener.counts().refused.get() == 1);
            sockets.get(1).close();
            Around.await("three", () -> listener.counts().connections.get() == 3);
            sockets.add(new Socket("127.0.0.1", port, InetAddress.ofLiteral("127.0.0.1"), 0));
            Around.await("its address has one", () -> listener.counts().refused.get() == 2);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void aThousandSendersOfGiantsAreHeldWithinTheBudgetAndTheOthersAreServed() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        byte[] piece = "x".repeat(900_000).getBytes(StandardCharsets.UTF_8);
        try (Listener listener = around.start("syslog-tcp", Map.of(), Map.of("connections", "4000"))) {
            for (int i = 0; i < 200; i++) {
                Socket socket = new Socket("127.0.0.1", Around.port(listener));
                sockets.add(socket);
                try {
                    socket.getOutputStream().write(piece);
                } catch (IOException e) {
                    // It was shown the door.
                }
            }
            Around.await("some are refused", () -> listener.counts().refused.get() > 0);
            assertTrue(around.budget.used() <= 64 << 20, "used " + around.budget.used());
            try (Socket good = new Socket("127.0.0.1", Around.port(listener))) {
                write(good, "<13>good\n");
                Around.await("the good one", () -> around.records().contains("<13>good"));
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        Around.await("the memory comes back", () -> around.budget.used() == 0);
    }

    @Test
    void whoSpeaksNoTlsIsRefusedAndTheNextIsServed() throws Exception {
        try (Listener listener = around.start("syslog-tls", Map.of(), Map.of())) {
            try (Socket plain = new Socket("127.0.0.1", Around.port(listener))) {
                write(plain, "<13>not encrypted\n");
                Around.await("it is refused", () -> listener.counts().refused.get() == 1);
            }
            try (Socket socket = Trust.of(home).getSocketFactory().createSocket("127.0.0.1", Around.port(listener))) {
                write(socket, "17 <13>1 - over tls\n");
                Around.await("the message", () -> !around.records().isEmpty());
            }
        }
        assertEquals(List.of("<13>1 - over tls"), around.records());
    }

    @Test
    void rsyslogSendsOverTls() throws Exception {
        Path rsyslog = Path.of("/usr/sbin/rsyslogd");
        assumeTrue(Files.exists(rsyslog), "rsyslog is not installed");
        assumeTrue(
                Files.exists(Path.of("/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_gtls.so")),
                "rsyslog-gnutls is not installed");
        try (Listener listener = around.start("syslog-tls", Map.of(), Map.of())) {
            Path work = Files.createDirectories(home.resolve("rsyslog"));
            Path in = work.resolve("in.log");
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < 1000; i++) {
                lines.append("line ").append(i).append(" ä with text\n");
            }
            Files.writeString(in, lines);
            Path configuration = work.resolve("rsyslog.conf");
            Files.writeString(configuration, """
                    global(workDirectory="%1$s" defaultNetstreamDriver="gtls" defaultNetstreamDriverCAFile="%2$s")
                    module(load="imfile")
                    input(type="imfile" file="%3$s" tag="test:" readMode="0")
                    action(type="omfwd" target="127.0.0.1" port="%4$d" protocol="tcp" TCP_Framing="octet-counted"
                      StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/certvalid"
                      template="RSYSLOG_SyslogProtocol23Format")
                    """.formatted(
                            work, home.resolve("tls").resolve("ca.crt"), in, Around.port(listener)));
            Process process = new ProcessBuilder(
                            rsyslog.toString(),
                            "-n",
                            "-i",
                            work.resolve("pid").toString(),
                            "-f",
                            configuration.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(work.resolve("out").toFile())
                    .start();
            try {
                Around.await(
                        "all lines: " + Files.readString(work.resolve("out")),
                        () -> around.records().size() >= 1000);
            } finally {
                process.destroy();
                process.waitFor(5, TimeUnit.SECONDS);
                process.destroyForcibly();
            }
            assertEquals(1000, around.records().size());
            assertTrue(
                    around.records().getLast().endsWith("line 999 ä with text"),
                    around.records().getLast());
            assertTrue(
                    around.records().getFirst().matches("<\\d+>1 .*"),
                    around.records().getFirst());
        }
    }

    @Test
    void loggerSendsOverUdpAndTcp() throws Exception {
        Path logger = Path.of("/usr/bin/logger");
        assumeTrue(Files.exists(logger), "logger is not installed");
        try (Listener udp = around.start("syslog-udp", Map.of(), Map.of());
                Listener tcp = around.start("syslog-tcp", Map.of(), Map.of())) {
            for (List<String> how : List.of(
                    List.of("-d", "-P", "" + Around.port(udp), "--rfc5424", "over udp"),
                    List.of("-T", "-P", "" + Around.port(tcp), "--rfc3164", "over tcp in lines"),
                    List.of("-T", "-P", "" + Around.port(tcp), "--octet-count", "over tcp counted"))) {
                List<String> command = new ArrayList<>(List.of(logger.toString(), "-n", "127.0.0.1", "-t", "test"));
                command.addAll(how);
                assertEquals(0, new ProcessBuilder(command).start().waitFor());
            }
            Around.await("three messages", () -> around.records().size() == 3);
            for (String text : List.of("over udp", "over tcp in lines", "over tcp counted")) {
                assertTrue(around.records().stream().anyMatch(r -> r.endsWith(text)), text + " in " + around.records());
            }
        }
    }
}
