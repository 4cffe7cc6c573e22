package io.carom.server.web;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.javalin.http.Context;
import java.util.Map;

/// Pages from their templates, which are compiled with the program.
final class Templates {
    private static final TemplateEngine ENGINE = TemplateEngine.createPrecompiled(
            null, ContentType.Html, Templates.class.getClassLoader(), "io.carom.server.web.made");

    private Templates() {}

    static void give(Context context, String template, Map<String, Object> parameters) {
        context.contentType("text/html; charset=utf-8").result(text(template, parameters));
    }

    static String text(String template, Map<String, Object> parameters) {
        StringOutput out = new StringOutput(1 << 14);
        ENGINE.render(template + ".jte", parameters, out);
        return out.toString();
    }
}
