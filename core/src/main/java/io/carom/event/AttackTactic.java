package io.carom.event;

import java.util.Locale;

/// What an intruder is after at a time: the columns of ATT&CK's enterprise matrix, in its order.
public enum AttackTactic {
    RECONNAISSANCE("Reconnaissance", "was looked at from outside"),
    RESOURCE_DEVELOPMENT("Resource development", "is being imitated"),
    INITIAL_ACCESS("Initial access", "was entered"),
    EXECUTION("Execution", "ran foreign programs"),
    PERSISTENCE("Persistence", "was given a way back in"),
    PRIVILEGE_ESCALATION("Privilege escalation", "gave higher rights away"),
    DEFENSE_EVASION("Defense evasion", "had tracks covered"),
    CREDENTIAL_ACCESS("Credential access", "had passwords taken or tried"),
    DISCOVERY("Discovery", "was looked around in"),
    LATERAL_MOVEMENT("Lateral movement", "was moved about in"),
    COLLECTION("Collection", "had data gathered"),
    COMMAND_AND_CONTROL("Command and control", "keeps a line to the outside"),
    EXFILTRATION("Exfiltration", "sent data out"),
    IMPACT("Impact", "was damaged");

    private final String title;
    private final String deed;

    AttackTactic(String title, String deed) {
        this.title = title;
        this.deed = deed;
    }

    /// As the matrix heads its column.
    public String title() {
        return title;
    }

    /// What it did to the one it was done to, for people: `sent data out`.
    public String deed() {
        return deed;
    }

    /// By ATT&CK's short name, `initial-access`.
    ///
    /// @throws IllegalArgumentException for a name that the matrix does not have
    public static AttackTactic of(String shortName) {
        return valueOf(shortName.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /// ATT&CK's short name.
    public String shortName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
