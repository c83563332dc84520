// The files of Public/ as bytes. A new file is one line in FILES and one array.
// #embed is C23; clang 19 and later take it in older C too and list the files as dependencies of this one.

#include "CPublic.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char css_tokens[] = {
#embed "../../Public/css/tokens.css"
};
static const unsigned char css_components[] = {
#embed "../../Public/css/components.css"
};
static const unsigned char css_frames[] = {
#embed "../../Public/css/frames.css"
};
static const unsigned char css_instruments[] = {
#embed "../../Public/css/app/instruments.css"
};
static const unsigned char css_pages[] = {
#embed "../../Public/css/pages.css"
};
static const unsigned char css_setup[] = {
#embed "../../Public/css/setup.css"
};
static const unsigned char css_bookings[] = {
#embed "../../Public/css/app/bookings.css"
};
static const unsigned char css_profiles[] = {
#embed "../../Public/css/profiles.css"
};
static const unsigned char css_hosts[] = {
#embed "../../Public/css/app/hosts.css"
};
static const unsigned char css_schedules[] = {
#embed "../../Public/css/app/schedules.css"
};
static const unsigned char css_links[] = {
#embed "../../Public/css/app/links.css"
};
static const unsigned char css_calendar[] = {
#embed "../../Public/css/app/calendar.css"
};
static const unsigned char css_polls[] = {
#embed "../../Public/css/app/polls.css"
};
static const unsigned char css_frame[] = {
#embed "../../Public/css/app/frame.css"
};
static const unsigned char js_app[] = {
#embed "../../Public/js/app.js"
};
static const unsigned char js_clock[] = {
#embed "../../Public/js/clock.js"
};
static const unsigned char js_copy[] = {
#embed "../../Public/js/copy.js"
};
static const unsigned char js_escape[] = {
#embed "../../Public/js/escape.js"
};
static const unsigned char js_here[] = {
#embed "../../Public/js/here.js"
};
static const unsigned char packages_core[] = {
#embed "../../Public/packages/workestra-core-1.0.0.tgz"
};
static const unsigned char packages_embed[] = {
#embed "../../Public/packages/workestra-embed-1.0.0.tgz"
};
static const unsigned char packages_react[] = {
#embed "../../Public/packages/workestra-react-1.0.0.tgz"
};
static const unsigned char packages_angular[] = {
#embed "../../Public/packages/workestra-angular-1.0.0.tgz"
};
static const unsigned char packages_react_native[] = {
#embed "../../Public/packages/workestra-react-native-1.0.0.tgz"
};
static const unsigned char packages_script[] = {
#embed "../../Public/packages/embed.js"
};
static const unsigned char texts_ar[] = {
#embed "../../Public/texts/ar.txt"
};
static const unsigned char texts_de[] = {
#embed "../../Public/texts/de.txt"
};
static const unsigned char texts_es[] = {
#embed "../../Public/texts/es.txt"
};
static const unsigned char texts_fr[] = {
#embed "../../Public/texts/fr.txt"
};
static const unsigned char texts_he[] = {
#embed "../../Public/texts/he.txt"
};
static const unsigned char texts_it[] = {
#embed "../../Public/texts/it.txt"
};
static const unsigned char texts_ja[] = {
#embed "../../Public/texts/ja.txt"
};
static const unsigned char texts_nl[] = {
#embed "../../Public/texts/nl.txt"
};
static const unsigned char texts_pl[] = {
#embed "../../Public/texts/pl.txt"
};
static const unsigned char texts_pt[] = {
#embed "../../Public/texts/pt.txt"
};
static const unsigned char texts_zh[] = {
#embed "../../Public/texts/zh.txt"
};
static const unsigned char js_asks[] = {
#embed "../../Public/js/asks.js"
};
static const unsigned char js_files[] = {
#embed "../../Public/js/files.js"
};
static const unsigned char js_restored[] = {
#embed "../../Public/js/restored.js"
};
static const unsigned char js_hold[] = {
#embed "../../Public/js/hold.js"
};
static const unsigned char js_menu[] = {
#embed "../../Public/js/menu.js"
};
static const unsigned char js_once[] = {
#embed "../../Public/js/once.js"
};
static const unsigned char js_unsaved[] = {
#embed "../../Public/js/unsaved.js"
};
static const unsigned char js_own[] = {
#embed "../../Public/js/own.js"
};
static const unsigned char js_own_clocks[] = {
#embed "../../Public/js/own-clocks.js"
};
static const unsigned char js_own_read[] = {
#embed "../../Public/js/own-read.js"
};
static const unsigned char js_own_rules[] = {
#embed "../../Public/js/own-rules.js"
};
static const unsigned char js_own_worker[] = {
#embed "../../Public/js/own-worker.js"
};
static const unsigned char js_proof[] = {
#embed "../../Public/js/proof.js"
};
static const unsigned char js_proof_worker[] = {
#embed "../../Public/js/proof-worker.js"
};
static const unsigned char js_ring[] = {
#embed "../../Public/js/ring.js"
};
static const unsigned char js_times[] = {
#embed "../../Public/js/times.js"
};
static const unsigned char js_frame[] = {
#embed "../../Public/js/frame.js"
};
static const unsigned char js_zone[] = {
#embed "../../Public/js/zone.js"
};
static const unsigned char icons_icons[] = {
#embed "../../Public/icons/icons.txt"
};
static const unsigned char icons_mark[] = {
#embed "../../Public/icons/mark.svg"
};
// Data, which is served to nobody.
static const unsigned char data_holidays[] = {
#embed "../../Public/data/holidays.txt"
};

// Style sheets are joined in this order.
static const public_file files[] = {
    {"css/tokens.css", css_tokens, sizeof css_tokens},
    {"css/components.css", css_components, sizeof css_components},
    {"css/frames.css", css_frames, sizeof css_frames},
    {"css/pages.css", css_pages, sizeof css_pages},
    {"css/setup.css", css_setup, sizeof css_setup},
    {"css/app/instruments.css", css_instruments, sizeof css_instruments},
    {"css/app/bookings.css", css_bookings, sizeof css_bookings},
    {"css/profiles.css", css_profiles, sizeof css_profiles},
    {"css/app/hosts.css", css_hosts, sizeof css_hosts},
    {"css/app/schedules.css", css_schedules, sizeof css_schedules},
    {"css/app/links.css", css_links, sizeof css_links},
    {"css/app/calendar.css", css_calendar, sizeof css_calendar},
    {"css/app/polls.css", css_polls, sizeof css_polls},
    {"css/app/frame.css", css_frame, sizeof css_frame},
    {"js/app.js", js_app, sizeof js_app},
    {"js/clock.js", js_clock, sizeof js_clock},
    {"js/copy.js", js_copy, sizeof js_copy},
    {"js/escape.js", js_escape, sizeof js_escape},
    {"js/here.js", js_here, sizeof js_here},
    {"js/asks.js", js_asks, sizeof js_asks},
    {"js/files.js", js_files, sizeof js_files},
    {"js/restored.js", js_restored, sizeof js_restored},
    {"js/hold.js", js_hold, sizeof js_hold},
    {"js/menu.js", js_menu, sizeof js_menu},
    {"js/once.js", js_once, sizeof js_once},
    {"js/own.js", js_own, sizeof js_own},
    {"js/own-clocks.js", js_own_clocks, sizeof js_own_clocks},
    {"js/own-read.js", js_own_read, sizeof js_own_read},
    {"js/own-rules.js", js_own_rules, sizeof js_own_rules},
    {"js/own-worker.js", js_own_worker, sizeof js_own_worker},
    {"js/proof.js", js_proof, sizeof js_proof},
    {"js/proof-worker.js", js_proof_worker, sizeof js_proof_worker},
    {"js/unsaved.js", js_unsaved, sizeof js_unsaved},
    {"js/ring.js", js_ring, sizeof js_ring},
    {"js/times.js", js_times, sizeof js_times},
    {"js/frame.js", js_frame, sizeof js_frame},
    {"js/zone.js", js_zone, sizeof js_zone},
    {"texts/ar.txt", texts_ar, sizeof texts_ar},
    {"texts/de.txt", texts_de, sizeof texts_de},
    {"texts/es.txt", texts_es, sizeof texts_es},
    {"texts/fr.txt", texts_fr, sizeof texts_fr},
    {"texts/he.txt", texts_he, sizeof texts_he},
    {"texts/it.txt", texts_it, sizeof texts_it},
    {"texts/ja.txt", texts_ja, sizeof texts_ja},
    {"texts/nl.txt", texts_nl, sizeof texts_nl},
    {"texts/pl.txt", texts_pl, sizeof texts_pl},
    {"texts/pt.txt", texts_pt, sizeof texts_pt},
    {"texts/zh.txt", texts_zh, sizeof texts_zh},
    {"packages/workestra-core-1.0.0.tgz", packages_core, sizeof packages_core},
    {"packages/workestra-embed-1.0.0.tgz", packages_embed, sizeof packages_embed},
    {"packages/workestra-react-1.0.0.tgz", packages_react, sizeof packages_react},
    {"packages/workestra-angular-1.0.0.tgz", packages_angular, sizeof packages_angular},
    {"packages/workestra-react-native-1.0.0.tgz", packages_react_native, sizeof packages_react_native},
    {"packages/embed.js", packages_script, sizeof packages_script},
    {"icons/icons.txt", icons_icons, sizeof icons_icons},
    {"icons/mark.svg", icons_mark, sizeof icons_mark},
};

size_t public_count(void) {
    return sizeof files / sizeof files[0];
}

public_file public_at(size_t index) {
    return files[index];
}

public_file public_holidays(void) {
    public_file file = {"data/holidays.txt", data_holidays, sizeof data_holidays};
    return file;
}
