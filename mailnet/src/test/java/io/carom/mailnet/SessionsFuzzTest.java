package io.carom.mailnet;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.carom.mailnet.imap.ImapSession;
import io.carom.mailnet.smtp.Submission;
import io.carom.mailnet.store.Notes;
import io.carom.mailnet.wire.Doors;
import io.carom.mailnet.wire.Patience;
import io.carom.mailnet.wire.Scripted;
import io.carom.mailnet.wire.SignIn;
import io.carom.mailnet.wire.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;

/// Whatever a member says over SMTP or IMAP is answered or ends the connection, and nothing else.
class SessionsFuzzTest {
    private static final String SMTP = "EHLO x\r\nAUTH EXTERNAL =\r\n";
    private static final String IMAP = "a AUTHENTICATE EXTERNAL =\r\n";

    private static final class Around {
        static final Around ONE = make();
        final Network network;
        final X509Certificate eva;
        final Doors doors = new Doors(10, 10, Patience.USUAL);

        private Around(Network network, X509Certificate eva) {
            this.network = network;
            this.eva = eva;
        }

        private static Around make() {
            try {
                Path home = Files.createTempDirectory("sessions");
                TestNetwork made = new TestNetwork(home, "northgate.example");
                X509Certificate eva = made.join("eva").identity().certificate();
                made.server().close();
                return new Around(made.network, eva);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @FuzzTest(maxDuration = "30s")
    void anythingIsAnswered(FuzzedDataProvider data) {
        Around around = Around.ONE;
        boolean smtp = data.consumeBoolean();
        String begin = data.consumeBoolean() ? smtp ? SMTP : IMAP : "";
        byte[] rest = data.consumeRemainingAsBytes();
        byte[] said = new byte[begin.length() + rest.length];
        System.arraycopy(begin.getBytes(StandardCharsets.US_ASCII), 0, said, 0, begin.length());
        System.arraycopy(rest, 0, said, begin.length(), rest.length);
        Notes notes = new Notes(around.network.database(), around.network.clock());
        SignIn signIn = new SignIn(around.network.members(), notes);
        try (Wire wire = Scripted.wire(said, around.eva, around.doors)) {
            if (smtp) {
                Submission.talk(wire, around.network, signIn, notes);
            } else {
                ImapSession.talk(wire, around.network, signIn, notes);
            }
        } catch (IOException e) {
            // The connection ends.
        }
    }
}
