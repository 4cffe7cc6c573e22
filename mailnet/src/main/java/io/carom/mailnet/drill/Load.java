package io.carom.mailnet.drill;

import io.carom.config.ConfigException;
import io.carom.mailnet.MailServer;
import io.carom.mailnet.Network;
import io.carom.mailnet.NetworkSettings;
import io.carom.mailnet.enrol.Membership;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.seal.Smime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// How many mails a network takes: sessions of one member that send as fast as they are answered, each
/// answer about a mail that is on the disk.
public final class Load {
    private static final String DOMAIN = "bench.example";

    private Load() {}

    /// @param started from the call until the server's ports answered, the network being there already
    /// @param mails that were accepted
    /// @param took for all of them
    /// @param millis for each mail, from `MAIL FROM` to the answer to its end, sorted
    /// @param processor time of this process, senders and server together
    public record Figures(Duration started, int mails, Duration took, Duration processor, double[] millis, int size) {
        public double percentile(double p) {
            return millis[(int) Math.min(millis.length - 1L, Math.round(p * millis.length))];
        }
    }

    /// @param size bytes of text in a mail, before it is encrypted
    public static Figures of(Path home, int senders, int mailsEach, int size) throws IOException, ConfigException {
        NetworkSettings usual = new NetworkSettings(
                DOMAIN,
                "127.0.0.1",
                "127.0.0.1",
                new NetworkSettings.Ports(0, 0, 0, 0),
                new NetworkSettings.Limits(64 << 20, 100, 10_000_000, 1L << 40, 2_000, 1_000),
                Duration.ZERO);
        Network.create(home, usual, InstantSource.system()).close();
        long began = System.nanoTime();
        try (Network network = Network.open(home, InstantSource.system());
                MailServer server = MailServer.start(network)) {
            Duration started = Duration.ofNanos(System.nanoTime() - began);
            Address address = new Address("sender", DOMAIN);
            Membership member = Membership.join(
                    network.link(
                            network.members().invite(address, "", false, Duration.ofHours(1)),
                            server.ports().members()),
                    home.resolve("sender"));
            byte[] text = new byte[size];
            new Random(1).nextBytes(text);
            byte[] entity = ("Content-Type: text/plain\r\n\r\n"
                            + java.util.Base64.getMimeEncoder().encodeToString(text))
                    .getBytes(StandardCharsets.US_ASCII);
            byte[] mail = Smime.sealed(
                    entity, member.identity(), List.of(member.identity().certificate()));
            long first = System.nanoTime();
            Duration before = processor();
            List<double[]> all = new ArrayList<>();
            try (ExecutorService threads = Executors.newFixedThreadPool(senders)) {
                List<Future<double[]>> sending = new ArrayList<>();
                for (int i = 0; i < senders; i++) {
                    sending.add(threads.submit(() -> send(member, mail, mailsEach)));
                }
                for (Future<double[]> one : sending) {
                    all.add(one.get());
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("stopped", e);
            }
            Duration took = Duration.ofNanos(System.nanoTime() - first);
            Duration used = processor().minus(before);
            double[] millis =
                    all.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
            return new Figures(started, millis.length, took, used, millis, mail.length);
        }
    }

    private static Duration processor() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static double[] send(Membership member, byte[] mail, int count) throws IOException {
        double[] millis = new double[count];
        Address own = member.address();
        byte[] head = ("From: " + own + "\r\nTo: " + own + "\r\n").getBytes(StandardCharsets.US_ASCII);
        try (MemberLine smtp = new MemberLine(member, member.identity(), "submission")) {
            smtp.until("220 ");
            smtp.say("EHLO bench", "250 ");
            smtp.say("AUTH EXTERNAL =", "235 ");
            for (int i = 0; i < count; i++) {
                long began = System.nanoTime();
                smtp.say("MAIL FROM:<" + own + ">", "250 ");
                smtp.say("RCPT TO:<" + own + ">", "250 ");
                smtp.say("DATA", "354 ");
                smtp.bytes(head);
                smtp.bytes(mail);
                smtp.say(".", "250 ");
                millis[i] = (System.nanoTime() - began) / 1e6;
            }
        }
        return millis;
    }
}
