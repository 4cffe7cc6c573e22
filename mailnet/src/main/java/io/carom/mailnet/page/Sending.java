package io.carom.mailnet.page;

import io.carom.mailnet.Network;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.identity.Members.SignedIn;
import io.carom.mailnet.intake.Intake;
import io.carom.mailnet.intake.StrictLines;
import io.carom.mailnet.intake.Submitted;
import io.carom.mailnet.store.MailStore;
import io.carom.mailnet.store.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/// Mail that is submitted from the page, by the same rules as over SMTP.
final class Sending {
    private Sending() {}

    /// @param to addresses with commas between
    static void send(Network network, SignedIn who, String id, String to, InputStream mail) throws IOException {
        List<Address> recipients = new ArrayList<>();
        for (String one : to.split(",")) {
            Address address = Address.of(one.strip())
                    .orElseThrow(() -> new Refused(550, "5.7.1", "that is no address in this network"));
            Submitted.recipient(network, address);
            if (!recipients.contains(address)) {
                recipients.add(address);
            }
        }
        if (recipients.size() > network.settings().limits().recipients()) {
            throw new Refused(452, "4.5.3", "too many recipients");
        }
        Intake.From from = new Intake.From(
                new MailStore.Member(who),
                who.address(),
                address -> Submitted.reaches(network, address),
                "from a member by " + network.settings().domain() + " with HTTPS");
        try (Intake intake = new Intake(network, from, id)) {
            StrictLines.read(mail, network.settings().limits().message(), intake::line);
            intake.accept(recipients);
        }
    }
}
