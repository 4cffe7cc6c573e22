package io.carom.trace;

import java.util.List;

/// Somebody on one machine used another: a remote desktop, a shell, a share, a tunnel.
///
/// @param client whose logs say so
/// @param from and `to`: labels of machines (see {@link Machines}) or addresses
/// @param time when it began, `end` when it ended or was last seen; milliseconds since 1970
/// @param account that signed in; empty if no record says so
/// @param via `RDP`, `SSH`, `SMB`, `WinRM`, `VPN`, `PsExec`, …
/// @param sure how sure it is that `from` began it, and that it was more than a probe: 1 it did, 0.5
/// nobody knows
/// @param bytes both ways; -1 if not stated
/// @param earlier how many sessions of the same two machines began before it, in these logs
/// @param earlierAccount how many sessions of the same account to `to` began before it
/// @param records it stands on
public record Session(
        String client,
        String from,
        String to,
        long time,
        long end,
        String account,
        String via,
        float sure,
        long bytes,
        int earlier,
        int earlierAccount,
        List<Trace.Source> records) {
    public Session {
        records = List.copyOf(records);
    }

    /// The same, where others are known that began before it.
    public Session counted(int earlierOfPair, int earlierOfAccount) {
        return earlierOfPair == earlier && earlierOfAccount == earlierAccount
                ? this
                : new Session(
                        client,
                        from,
                        to,
                        time,
                        end,
                        account,
                        via,
                        sure,
                        bytes,
                        earlierOfPair,
                        earlierOfAccount,
                        records);
    }
}
