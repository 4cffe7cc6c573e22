package io.carom.mailnet.imap;

import io.carom.mailnet.store.Folders;
import io.carom.mailnet.store.MailStore.EntryRow;
import io.carom.mailnet.store.MailStore.MailboxRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/// A mailbox as one session sees it: numbers stay as they are until the session has been told otherwise.
final class Selected {
    private final Folders folders;
    private final MailboxRow mailbox;
    private final boolean readOnly;
    private final List<EntryRow> entries = new ArrayList<>();
    private final List<Long> goneUntold = new ArrayList<>();
    private long modseq;

    Selected(Folders folders, MailboxRow mailbox, boolean readOnly) throws IOException {
        this.folders = folders;
        this.mailbox = mailbox;
        this.readOnly = readOnly;
        news(true);
    }

    MailboxRow mailbox() {
        return mailbox;
    }

    boolean readOnly() {
        return readOnly;
    }

    List<EntryRow> entries() {
        return entries;
    }

    long largestUid() {
        return entries.isEmpty() ? 0 : entries.getLast().uid();
    }

    /// What happened since the session was last told, as untagged answers.
    ///
    /// @param expunged whether numbers may change now (RFC 3501, 7.4.1)
    String news(boolean expunged) throws IOException {
        StringBuilder told = new StringBuilder();
        int had = entries.size();
        List<EntryRow> fresh = new ArrayList<>();
        for (EntryRow row : folders.since(mailbox, modseq)) {
            modseq = Math.max(modseq, row.modseq());
            int at = index(row.uid());
            if (row.gone()) {
                if (at >= 0) {
                    goneUntold.add(row.uid());
                }
            } else if (at >= 0) {
                boolean changed = !entries.get(at).flags().equals(row.flags());
                entries.set(at, row);
                if (changed) {
                    told.append("* ")
                            .append(at + 1)
                            .append(" FETCH (UID ")
                            .append(row.uid())
                            .append(" FLAGS (")
                            .append(row.flags())
                            .append("))\r\n");
                }
            } else if (row.uid() > largestUid()) {
                fresh.add(row);
            }
        }
        if (expunged) {
            for (long uid : goneUntold) {
                int at = index(uid);
                if (at >= 0) {
                    entries.remove(at);
                    told.append("* ").append(at + 1).append(" EXPUNGE\r\n");
                }
            }
            goneUntold.clear();
        }
        entries.addAll(fresh);
        if (!fresh.isEmpty() && had + fresh.size() > 0) {
            told.append("* ").append(entries.size()).append(" EXISTS\r\n* 0 RECENT\r\n");
        }
        return told.toString();
    }

    private int index(long uid) {
        int low = 0;
        int high = entries.size() - 1;
        while (low <= high) {
            int mid = (low + high) >>> 1;
            long at = entries.get(mid).uid();
            if (at == uid) {
                return mid;
            }
            if (at < uid) {
                low = mid + 1;
            } else {
                high = mid - 1;
            }
        }
        return -1;
    }

    /// Takes for known what the session itself did to a mail's flags.
    void assume(int at, UnaryOperator<Set<String>> change) {
        EntryRow row = entries.get(at);
        entries.set(
                at,
                new EntryRow(
                        row.uid(),
                        row.message(),
                        row.size(),
                        String.join(" ", change.apply(Folders.set(row.flags()))),
                        row.internal(),
                        row.modseq(),
                        false));
    }

    /// The positions, from 0, of mails that are meant.
    List<Integer> meant(SequenceSet set, boolean byUid) {
        List<Integer> meant = new ArrayList<>();
        long largest = byUid ? largestUid() : entries.size();
        for (int i = 0; i < entries.size(); i++) {
            if (set.has(byUid ? entries.get(i).uid() : i + 1, largest)) {
                meant.add(i);
            }
        }
        return meant;
    }
}
