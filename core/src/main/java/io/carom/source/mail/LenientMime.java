package io.carom.source.mail;

import org.apache.james.mime4j.stream.MimeConfig;

/// How mails are taken apart: whatever is damaged in them is read as far as it goes. Bounds are the reader's own.
public final class LenientMime {
    public static final MimeConfig CONFIG = MimeConfig.custom()
            .setStrictParsing(false)
            .setMaxLineLen(-1)
            .setMaxHeaderLen(-1)
            .setMaxHeaderCount(-1)
            .setMaxContentLen(-1)
            .build();

    private LenientMime() {}
}
