package io.carom.server.api;

import io.carom.intel.Tlp;
import io.carom.server.account.Person;
import io.carom.server.http.Refused;
import io.carom.view.Telling;
import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/// Answers about telling clients.
public final class TellingAnswers {
    static final int NOTE = 4_000;

    private final Desk desk;

    public TellingAnswers(Desk desk) {
        this.desk = desk;
    }

    private Telling telling(Person person) throws IOException {
        return desk.view(person).telling();
    }

    /// What a client was told, and to those who work for all clients how it is reached and what waits.
    public ObjectNode of(Person person, String client) throws IOException, Refused {
        try {
            ObjectNode out = Given.there(telling(person).of(client));
            var waiting = out.putArray("waiting");
            if (person.sight().all()) {
                for (ObjectNode one : desk.view(person).secondPerson().waiting()) {
                    if (one.path("kind").asString("").equals("telling")
                            && one.path("client").asString("").equals(client)) {
                        waiting.add(one);
                    }
                }
            }
            return out;
        } catch (Telling.TellingException e) {
            throw conflict(e);
        }
    }

    /// What a client would be told now.
    public ObjectNode draft(Person person, String client, String tlp, String severity) throws IOException, Refused {
        try {
            return Given.there(telling(person).draft(client, tlp(tlp), severity(severity)));
        } catch (Telling.TellingException e) {
            throw conflict(e);
        }
    }

    static Tlp tlp(String text) throws Refused {
        Tlp tlp = text.isEmpty() ? Tlp.AMBER : Tlp.of(text);
        if (tlp == null) {
            throw Refused.notUnderstood("\"tlp\": expected " + String.join(", ", Tlp.names()) + ".");
        }
        return tlp;
    }

    static String severity(String text) throws Refused {
        String severity = text.isEmpty() ? "medium" : text;
        if (!Telling.SEVERITIES.contains(severity)) {
            throw Refused.notUnderstood("\"severity\": expected " + String.join(", ", Telling.SEVERITIES) + ".");
        }
        return severity;
    }

    static Refused conflict(Telling.TellingException e) {
        return new Refused(409, "Not sent", String.valueOf(e.getMessage()));
    }
}
