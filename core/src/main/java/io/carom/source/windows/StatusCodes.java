package io.carom.source.windows;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the status codes in sign-in events say, in words. Sources: MS-ERREF section 2.3
/// (NTSTATUS) and 2.2 (Win32), RFC 4120 section 7.5.9 (Kerberos).
final class StatusCodes {
    private StatusCodes() {}

    private static final Map<Long, String> NTSTATUS = Map.ofEntries(
            Map.entry(0xC000005EL, "No logon servers are available"),
            Map.entry(0xC0000064L, "The user name does not exist"),
            Map.entry(0xC000006AL, "The password is wrong"),
            Map.entry(0xC000006CL, "The password does not meet the policy"),
            Map.entry(0xC000006DL, "The user name or the authentication information is wrong"),
            Map.entry(0xC000006EL, "The account has a restriction"),
            Map.entry(0xC000006FL, "Sign-in outside the hours allowed"),
            Map.entry(0xC0000070L, "Sign-in from a workstation not allowed"),
            Map.entry(0xC0000071L, "The password has expired"),
            Map.entry(0xC0000072L, "The account is disabled"),
            Map.entry(0xC00000DCL, "The server was in the wrong state for this"),
            Map.entry(0xC0000133L, "The clocks of client and controller differ too much"),
            Map.entry(0xC0000135L, "A library was not found"),
            Map.entry(0xC000015BL, "The logon type is not granted on this machine"),
            Map.entry(0xC000018CL, "The trust with the trusted domain failed"),
            Map.entry(0xC000018DL, "The trust of this machine with its domain failed"),
            Map.entry(0xC0000192L, "The Netlogon service was not started"),
            Map.entry(0xC0000193L, "The account has expired"),
            Map.entry(0xC0000224L, "The password must be changed before the first sign-in"),
            Map.entry(0xC0000225L, "The object was not found"),
            Map.entry(0xC0000234L, "The account is locked out"),
            Map.entry(0xC00002EEL, "An unfinished sign-in was found"),
            Map.entry(0xC0000413L, "The authentication firewall does not let this account sign in here"),
            Map.entry(0xC0000022L, "Access is denied"),
            Map.entry(0xC0000388L, "A possible downgrade of the authentication was detected"),
            Map.entry(0xC000009AL, "Resources are insufficient"),
            Map.entry(0xC00000BBL, "The request is not supported"));

    private static final Map<Long, String> KERBEROS = Map.ofEntries(
            Map.entry(0x1L, "The client's entry in the database has expired"),
            Map.entry(0x2L, "The server's entry in the database has expired"),
            Map.entry(0x6L, "The client is not in the Kerberos database"),
            Map.entry(0x7L, "The server is not in the Kerberos database"),
            Map.entry(0x8L, "The database has several entries for the principal"),
            Map.entry(0x9L, "The client or the server has no key"),
            Map.entry(0xBL, "The start time asked for is later than the end time"),
            Map.entry(0xCL, "The policy rejects the request"),
            Map.entry(0xDL, "The key centre cannot do what was asked"),
            Map.entry(0xEL, "The key centre does not support the encryption type"),
            Map.entry(0xFL, "The key centre does not support the checksum type"),
            Map.entry(0x10L, "The key centre does not support the kind of pre-authentication"),
            Map.entry(0x12L, "The client's credentials were revoked: disabled, expired or locked out"),
            Map.entry(0x14L, "The ticket-granting ticket was revoked"),
            Map.entry(0x17L, "The password has expired"),
            Map.entry(0x18L, "The pre-authentication failed: the password is wrong"),
            Map.entry(0x19L, "Further pre-authentication is required"),
            Map.entry(0x1BL, "The server accepts user-to-user tickets only"),
            Map.entry(0x1FL, "The integrity check on the decrypted field failed"),
            Map.entry(0x20L, "The ticket has expired"),
            Map.entry(0x21L, "The ticket is not valid yet"),
            Map.entry(0x22L, "The request is a replay"),
            Map.entry(0x25L, "The clocks differ too much"),
            Map.entry(0x29L, "The message was modified"),
            Map.entry(0x3CL, "Error without a closer cause"));

    private static final Map<Long, String> WIN32 = Map.ofEntries(
            Map.entry(5L, "Access is denied"),
            Map.entry(53L, "The network path was not found"),
            Map.entry(1053L, "The service did not answer in time"),
            Map.entry(1069L, "The service could not sign in"),
            Map.entry(1311L, "No logon servers are available"),
            Map.entry(1326L, "The user name or the password is wrong"),
            Map.entry(1331L, "The account is disabled"),
            Map.entry(1909L, "The account is locked out"));

    static @Nullable String ntstatus(long code) {
        return NTSTATUS.get(code);
    }

    static @Nullable String kerberos(long code) {
        String words = KERBEROS.get(code);
        return words != null ? words : NTSTATUS.get(code);
    }

    static @Nullable String win32(long code) {
        String words = WIN32.get(code);
        return words != null ? words : NTSTATUS.get(code);
    }
}
