-- The conversations database of conversations.sql on PostgreSQL 18, as the release of 26 November 2026 had it there (commit 8679232,
-- migration 0006): its own code made the tables and wrote the same rows; dumped by pg_dump --inserts, without its settings.
CREATE FUNCTION public.message_words_keep() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN
        INSERT INTO message_words VALUES (new.id, message_words_of(new.text))
            ON CONFLICT (message_id) DO UPDATE SET words = excluded.words;
        RETURN NULL; END $$;
CREATE FUNCTION public.message_words_of(said text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE
    AS $$
        SELECT to_tsvector('simple', regexp_replace(regexp_replace(
            normalize(said, NFD), U&'[\0300-\036F]', '', 'g'), '[!-/:-@\[-`{-~]+', ' ', 'g')) $$;
CREATE TABLE public.about_database (
    name character varying(40) NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.alert (
    id bigint NOT NULL,
    kind character varying(20) NOT NULL,
    conversation_id character varying(32) NOT NULL,
    at timestamp with time zone NOT NULL,
    told json NOT NULL,
    attempts integer NOT NULL,
    done_at timestamp with time zone
);
CREATE SEQUENCE public.alert_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.alert_id_seq OWNED BY public.alert.id;
CREATE TABLE public.audit (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    who character varying(120) NOT NULL,
    what character varying(60) NOT NULL,
    about character varying(120) NOT NULL
);
CREATE SEQUENCE public.audit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.audit_id_seq OWNED BY public.audit.id;
CREATE TABLE public.button (
    token character varying(24) NOT NULL,
    conversation_id character varying(32) NOT NULL,
    message_id bigint NOT NULL,
    title text NOT NULL,
    payload text NOT NULL
);
CREATE TABLE public.canned_reply (
    name character varying(40) NOT NULL,
    text text NOT NULL,
    by character varying(60) NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.consent (
    conversation_id character varying(32) NOT NULL,
    version character varying(40) NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.contact_request (
    id bigint NOT NULL,
    conversation_id character varying(32) NOT NULL,
    name character varying(120) NOT NULL,
    contact character varying(255) NOT NULL,
    text text NOT NULL,
    state character varying(10) NOT NULL,
    at timestamp with time zone NOT NULL,
    by character varying(60) DEFAULT ''::character varying NOT NULL,
    changed_at timestamp with time zone
);
CREATE SEQUENCE public.contact_request_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.contact_request_id_seq OWNED BY public.contact_request.id;
CREATE TABLE public.conversation (
    id character varying(32) NOT NULL,
    channel character varying(20) NOT NULL,
    site character varying(60) NOT NULL,
    address character varying(255) NOT NULL,
    reach json NOT NULL,
    person_name character varying(120) NOT NULL,
    language character varying(20) NOT NULL,
    page text NOT NULL,
    state character varying(10) NOT NULL,
    state_since timestamp with time zone NOT NULL,
    held_by character varying(120) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL
);
CREATE TABLE public.correction (
    message_id bigint NOT NULL,
    conversation_id character varying(32) NOT NULL,
    text text NOT NULL,
    topic character varying(120) NOT NULL,
    intent character varying(60) NOT NULL,
    by character varying(60) NOT NULL,
    at timestamp with time zone NOT NULL,
    state character varying(10) NOT NULL,
    why text NOT NULL,
    release character varying(40) NOT NULL
);
CREATE TABLE public.daily (
    measure character varying(20) NOT NULL,
    day character varying(10) NOT NULL,
    channel character varying(20) NOT NULL,
    site character varying(60) NOT NULL,
    name character varying(120) NOT NULL,
    count bigint NOT NULL
);
CREATE TABLE public.delivery (
    id bigint NOT NULL,
    message_id bigint NOT NULL,
    conversation_id character varying(32) NOT NULL,
    channel character varying(20) NOT NULL,
    part integer NOT NULL,
    state character varying(10) NOT NULL,
    attempts integer NOT NULL,
    platform_ids json NOT NULL,
    failure text NOT NULL,
    maybe_twice boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone
);
CREATE SEQUENCE public.delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.delivery_id_seq OWNED BY public.delivery.id;
CREATE TABLE public.draft (
    id bigint NOT NULL,
    title character varying(120) NOT NULL,
    answer text NOT NULL,
    source text NOT NULL,
    phrasings json NOT NULL,
    by character varying(60) NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.draft_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.draft_id_seq OWNED BY public.draft.id;
CREATE TABLE public.erasure (
    conversation_id character varying(32) NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.feedback (
    message_id bigint NOT NULL,
    conversation_id character varying(32) NOT NULL,
    value integer NOT NULL,
    comment text NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.flag (
    conversation_id character varying(32) NOT NULL,
    by character varying(60) NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.handoff (
    id bigint NOT NULL,
    conversation_id character varying(32) NOT NULL,
    before character varying(10) NOT NULL,
    after character varying(10) NOT NULL,
    by character varying(120) NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.handoff_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.handoff_id_seq OWNED BY public.handoff.id;
CREATE TABLE public.judgement (
    message_id bigint NOT NULL,
    conversation_id character varying(32) NOT NULL,
    what character varying(10) NOT NULL,
    by character varying(60) NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.kept_setting (
    name character varying(40) NOT NULL,
    value json NOT NULL,
    by character varying(60) NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.known_tag (
    name character varying(40) NOT NULL,
    by character varying(60) NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.masked (
    conversation_id character varying(32) NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.message (
    id bigint NOT NULL,
    conversation_id character varying(32) NOT NULL,
    channel character varying(20) NOT NULL,
    external_id character varying(255),
    author character varying(10) NOT NULL,
    author_name character varying(120) NOT NULL,
    text text NOT NULL,
    payload text NOT NULL,
    buttons json NOT NULL,
    cards json NOT NULL,
    sources json NOT NULL,
    state character varying(12) NOT NULL,
    answers bigint,
    outcome character varying(12) NOT NULL,
    topic character varying(120) NOT NULL,
    intent character varying(60) NOT NULL,
    confidence double precision,
    understanding json NOT NULL,
    actions json NOT NULL,
    failure text NOT NULL,
    engine_ms double precision,
    at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    context json NOT NULL
);
CREATE SEQUENCE public.message_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.message_id_seq OWNED BY public.message.id;
CREATE TABLE public.message_words (
    message_id bigint NOT NULL,
    words tsvector NOT NULL
);
CREATE TABLE public.note (
    id bigint NOT NULL,
    conversation_id character varying(32) NOT NULL,
    by character varying(60) NOT NULL,
    text text NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.note_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.note_id_seq OWNED BY public.note.id;
CREATE TABLE public.outside_sign_in (
    state character varying(64) NOT NULL,
    nonce character varying(64) NOT NULL,
    verifier character varying(128) NOT NULL,
    following text NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.recovery_code (
    staff_id bigint NOT NULL,
    hash character varying(64) NOT NULL
);
CREATE TABLE public.review (
    conversation_id character varying(32) NOT NULL,
    reviewer character varying(60) NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.site (
    name character varying(40) NOT NULL,
    description json NOT NULL,
    by character varying(60) NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.staff (
    id bigint NOT NULL,
    name character varying(60) NOT NULL,
    role character varying(10) NOT NULL,
    password text NOT NULL,
    failures integer NOT NULL,
    locked_until timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    code_secret character varying(64) DEFAULT ''::character varying NOT NULL,
    code_step bigint DEFAULT '0'::bigint NOT NULL,
    subject character varying(255) DEFAULT ''::character varying NOT NULL
);
CREATE SEQUENCE public.staff_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.staff_id_seq OWNED BY public.staff.id;
CREATE TABLE public.staff_session (
    id character varying(64) NOT NULL,
    staff_id bigint NOT NULL,
    csrf character varying(64) NOT NULL,
    browser character varying(200) NOT NULL,
    address character varying(60) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    lacks_code boolean DEFAULT false NOT NULL,
    is_outside boolean DEFAULT false NOT NULL
);
CREATE TABLE public.tag (
    conversation_id character varying(32) NOT NULL,
    name character varying(40) NOT NULL,
    by character varying(60) NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.talk_test (
    id bigint NOT NULL,
    conversation_id character varying(32) NOT NULL,
    name character varying(120) NOT NULL,
    turns json NOT NULL,
    by character varying(60) NOT NULL,
    at timestamp with time zone NOT NULL,
    release character varying(40) NOT NULL
);
CREATE SEQUENCE public.talk_test_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.talk_test_id_seq OWNED BY public.talk_test.id;
CREATE TABLE public.unanswered (
    message_id bigint NOT NULL,
    conversation_id character varying(32) NOT NULL,
    meaning bytea
);
ALTER TABLE ONLY public.alert ALTER COLUMN id SET DEFAULT nextval('public.alert_id_seq'::regclass);
ALTER TABLE ONLY public.audit ALTER COLUMN id SET DEFAULT nextval('public.audit_id_seq'::regclass);
ALTER TABLE ONLY public.contact_request ALTER COLUMN id SET DEFAULT nextval('public.contact_request_id_seq'::regclass);
ALTER TABLE ONLY public.delivery ALTER COLUMN id SET DEFAULT nextval('public.delivery_id_seq'::regclass);
ALTER TABLE ONLY public.draft ALTER COLUMN id SET DEFAULT nextval('public.draft_id_seq'::regclass);
ALTER TABLE ONLY public.handoff ALTER COLUMN id SET DEFAULT nextval('public.handoff_id_seq'::regclass);
ALTER TABLE ONLY public.message ALTER COLUMN id SET DEFAULT nextval('public.message_id_seq'::regclass);
ALTER TABLE ONLY public.note ALTER COLUMN id SET DEFAULT nextval('public.note_id_seq'::regclass);
ALTER TABLE ONLY public.staff ALTER COLUMN id SET DEFAULT nextval('public.staff_id_seq'::regclass);
ALTER TABLE ONLY public.talk_test ALTER COLUMN id SET DEFAULT nextval('public.talk_test_id_seq'::regclass);
INSERT INTO public.about_database VALUES ('unanswered looked to', '6');
INSERT INTO public.about_database VALUES ('counted to', '2026-11-30');
INSERT INTO public.alembic_version VALUES ('0006');
INSERT INTO public.alert VALUES (1, 'waiting', '5d2a5cc0994d47e3bb8874e7ad32c639', '2026-11-30 02:15:19.815513+00', '[]', 0, NULL);
INSERT INTO public.alert VALUES (2, 'contact', '5d2a5cc0994d47e3bb8874e7ad32c639', '2026-11-30 02:15:19.831149+00', '[]', 0, NULL);
INSERT INTO public.audit VALUES (1, '2026-11-30 02:15:19.888711+00', 'visitor', 'deleted a conversation', 'abb4c579d58a4d589cc034a096d075bf');
INSERT INTO public.audit VALUES (2, '2026-11-30 02:15:21.216456+00', 'command line', 'added an account as trainer', 'ann');
INSERT INTO public.audit VALUES (3, '2026-11-30 02:15:22.44079+00', 'command line', 'added an account as adviser', 'bashir');
INSERT INTO public.audit VALUES (4, '2026-11-30 02:15:23.57505+00', 'command line', 'added an account as admin', 'root');
INSERT INTO public.audit VALUES (5, '2026-11-30 02:15:23.653259+00', 'root', 'changed a site', 'main site');
INSERT INTO public.audit VALUES (6, '2026-11-30 02:15:23.655054+00', 'ann', 'changed a canned reply', 'hello');
INSERT INTO public.audit VALUES (7, '2026-11-30 02:15:23.673056+00', 'ann', 'added a tag', 'visa');
INSERT INTO public.audit VALUES (8, '2026-11-30 02:15:23.674701+00', 'root', 'set delete_after_days to 60', '');
INSERT INTO public.button VALUES ('IQUeGSZ0UqhxIs5e', '03409d14fd22496cbd1bd27667239dff', 2, 'Visas', '/ask_topic{"topic": "challenges/visa"}');
INSERT INTO public.canned_reply VALUES ('hello', 'Good day!', 'ann', '2026-11-30 02:15:23.654808+00');
INSERT INTO public.consent VALUES ('03409d14fd22496cbd1bd27667239dff', '2026-10', '2026-11-30 02:15:19.680726+00');
INSERT INTO public.contact_request VALUES (1, '5d2a5cc0994d47e3bb8874e7ad32c639', 'Anna', 'anna@example.org', 'call me', 'open', '2026-11-30 02:15:19.83068+00', '', NULL);
INSERT INTO public.conversation VALUES ('03409d14fd22496cbd1bd27667239dff', 'web', 'main site', 'session-1', '{}', '', 'en', '/courses', 'bot', '2026-11-30 02:15:19.623468+00', '', '2026-11-30 02:15:19.623474+00', '2026-11-30 02:15:19.623475+00');
INSERT INTO public.conversation VALUES ('38ddef838a6c40eab08e7a28e5bc8f9f', 'telegram', '', '42:7', '{"chat": 42}', 'Mira Example', '', '', 'bot', '2026-11-30 02:15:19.74268+00', '', '2026-11-30 02:15:19.742684+00', '2026-11-30 02:15:19.742685+00');
INSERT INTO public.conversation VALUES ('2b7170336f994afea38eaf5871a04fda', 'slack', '', 'T1:U1', '{"channel": "D1"}', '', '', '', 'bot', '2026-11-30 02:15:19.790205+00', '', '2026-11-30 02:15:19.790208+00', '2026-11-30 02:15:19.790208+00');
INSERT INTO public.conversation VALUES ('5d2a5cc0994d47e3bb8874e7ad32c639', 'rest', '', 'anna', '{}', '', '', '', 'person', '2026-11-30 02:15:19.828478+00', 'bashir', '2026-11-30 02:15:19.791329+00', '2026-11-30 02:15:19.828792+00');
INSERT INTO public.conversation VALUES ('e84238a6722f414bac6fbe0389c6abe0', 'web', '', 'session-2', '{}', '', '', '', 'bot', '2026-11-30 02:15:19.86455+00', '', '2026-11-30 02:15:19.864556+00', '2026-11-30 02:15:19.864557+00');
INSERT INTO public.conversation VALUES ('eb00bc0b184f49ef926d1e8b6e0b99dc', 'web', '', 'session-3', '{}', '', '', '', 'bot', '2026-11-30 02:15:19.866+00', '', '2026-11-30 02:15:19.866002+00', '2026-11-30 02:15:19.866002+00');
INSERT INTO public.correction VALUES (1, '03409d14fd22496cbd1bd27667239dff', 'are micro-credentials recognised in Canada?', 'recognition/overview', '', 'ann', '2026-11-30 02:15:19.719073+00', 'collected', '', '');
INSERT INTO public.daily VALUES ('asked', '2026-11-30', 'rest', '', '', 1);
INSERT INTO public.daily VALUES ('asked', '2026-11-30', 'slack', '', '', 1);
INSERT INTO public.daily VALUES ('asked', '2026-11-30', 'telegram', '', '', 1);
INSERT INTO public.daily VALUES ('asked', '2026-11-30', 'web', '', '', 2);
INSERT INTO public.daily VALUES ('asked', '2026-11-30', 'web', 'main site', '', 1);
INSERT INTO public.daily VALUES ('begun', '2026-11-30', 'rest', '', '', 1);
INSERT INTO public.daily VALUES ('begun', '2026-11-30', 'slack', '', '', 1);
INSERT INTO public.daily VALUES ('begun', '2026-11-30', 'telegram', '', '', 1);
INSERT INTO public.daily VALUES ('begun', '2026-11-30', 'web', '', '', 2);
INSERT INTO public.daily VALUES ('begun', '2026-11-30', 'web', 'main site', '', 1);
INSERT INTO public.daily VALUES ('first_reply', '2026-11-30', 'rest', '', '0', 1);
INSERT INTO public.daily VALUES ('hour', '2026-11-30', 'rest', '', '02', 1);
INSERT INTO public.daily VALUES ('hour', '2026-11-30', 'slack', '', '02', 1);
INSERT INTO public.daily VALUES ('hour', '2026-11-30', 'telegram', '', '02', 1);
INSERT INTO public.daily VALUES ('hour', '2026-11-30', 'web', '', '02', 2);
INSERT INTO public.daily VALUES ('hour', '2026-11-30', 'web', 'main site', '02', 1);
INSERT INTO public.daily VALUES ('outcome', '2026-11-30', 'slack', '', 'declined', 1);
INSERT INTO public.daily VALUES ('outcome', '2026-11-30', 'telegram', '', 'declined', 1);
INSERT INTO public.daily VALUES ('outcome', '2026-11-30', 'web', '', 'failed', 1);
INSERT INTO public.daily VALUES ('outcome', '2026-11-30', 'web', 'main site', 'answered', 1);
INSERT INTO public.daily VALUES ('taken', '2026-11-30', 'rest', '', '', 1);
INSERT INTO public.daily VALUES ('thumb', '2026-11-30', 'web', 'main site', 'down', 1);
INSERT INTO public.daily VALUES ('topic', '2026-11-30', 'web', 'main site', 'recognition/overview', 1);
INSERT INTO public.daily VALUES ('topic_week', '2026-11-30', 'web', 'main site', 'recognition/overview', 1);
INSERT INTO public.daily VALUES ('waited', '2026-11-30', 'rest', '', '', 1);
INSERT INTO public.delivery VALUES (1, 4, '38ddef838a6c40eab08e7a28e5bc8f9f', 'telegram', 0, 'pending', 0, '[]', '', false, '2026-11-30 02:15:19.743642+00', NULL);
INSERT INTO public.delivery VALUES (2, 6, '2b7170336f994afea38eaf5871a04fda', 'slack', 0, 'pending', 0, '[]', '', false, '2026-11-30 02:15:19.790749+00', NULL);
INSERT INTO public.draft VALUES (1, 'Courses in Zürich', '', '', '["do you have courses in Z\u00fcrich"]', 'ann', '2026-11-30 02:15:23.598626+00');
INSERT INTO public.erasure VALUES ('abb4c579d58a4d589cc034a096d075bf', '2026-11-30 02:15:19.867856+00');
INSERT INTO public.feedback VALUES (2, '03409d14fd22496cbd1bd27667239dff', -1, 'not what I asked', '2026-11-30 02:15:19.666205+00');
INSERT INTO public.flag VALUES ('03409d14fd22496cbd1bd27667239dff', 'ann', '2026-11-30 02:15:19.682838+00');
INSERT INTO public.handoff VALUES (1, '5d2a5cc0994d47e3bb8874e7ad32c639', 'bot', 'waiting', 'visitor', '2026-11-30 02:15:19.815647+00');
INSERT INTO public.handoff VALUES (2, '5d2a5cc0994d47e3bb8874e7ad32c639', 'waiting', 'person', 'bashir', '2026-11-30 02:15:19.828478+00');
INSERT INTO public.judgement VALUES (3, '38ddef838a6c40eab08e7a28e5bc8f9f', 'dismissed', 'ann', '2026-11-30 02:15:19.789156+00');
INSERT INTO public.kept_setting VALUES ('delete_after_days', '60', 'root', '2026-11-30 02:15:23.674511+00');
INSERT INTO public.known_tag VALUES ('visa', 'ann', '2026-11-30 02:15:23.672617+00');
INSERT INTO public.masked VALUES ('2b7170336f994afea38eaf5871a04fda', '2026-11-30 02:15:23.599032+00');
INSERT INTO public.message VALUES (1, '03409d14fd22496cbd1bd27667239dff', 'web', 'w-1', 'visitor', '', 'are micro-credentials recognised in Canada?', '', '[]', '[]', '[]', 'answered', NULL, 'answered', 'recognition/overview', 'ask_topic', 0.81, '{"ranking": [{"name": "ask_topic", "confidence": 0.81}], "topics": [{"topic": "recognition/overview", "confidence": 0.8}], "entities": [{"entity": "destination", "value": "canada"}]}', '["action_answer_topic"]', '', 12.5, '2026-11-30 02:15:19.610567+00', '2026-11-30 02:15:19.648805+00', '{}');
INSERT INTO public.message VALUES (2, '03409d14fd22496cbd1bd27667239dff', 'web', NULL, 'advisor', '', 'Recognition depends on the **institution**.', '', '[{"title": "Visas", "payload": "/ask_topic{\"topic\": \"challenges/visa\"}", "token": "IQUeGSZ0UqhxIs5e"}]', '[]', '[{"section": "Benefits", "key": "benefits"}]', 'said', 1, 'answered', 'recognition/overview', '', NULL, '{}', '[]', '', NULL, '2026-11-30 02:15:19.649345+00', NULL, '{}');
INSERT INTO public.message VALUES (3, '38ddef838a6c40eab08e7a28e5bc8f9f', 'telegram', '42-1', 'visitor', 'Mira Example', 'do you have courses in Zürich 中文?', '', '[]', '[]', '[]', 'answered', NULL, 'declined', '', 'out_of_scope', 0.81, '{"ranking": [{"name": "out_of_scope", "confidence": 0.81}], "topics": [], "entities": [{"entity": "destination", "value": "canada"}]}', '["action_answer_topic"]', '', 12.5, '2026-11-30 02:15:19.741795+00', '2026-11-30 02:15:19.743015+00', '{}');
INSERT INTO public.message VALUES (4, '38ddef838a6c40eab08e7a28e5bc8f9f', 'telegram', NULL, 'advisor', '', 'I don''t know.', '', '[]', '[]', '[{"section": "Benefits", "key": "benefits"}]', 'said', 3, 'declined', '', '', NULL, '{}', '[]', '', NULL, '2026-11-30 02:15:19.743064+00', NULL, '{}');
INSERT INTO public.message VALUES (5, '2b7170336f994afea38eaf5871a04fda', 'slack', 's-1', 'visitor', '', 'quite another thing that nobody knows', '', '[]', '[]', '[]', 'answered', NULL, 'declined', '', 'out_of_scope', 0.81, '{"ranking": [{"name": "out_of_scope", "confidence": 0.81}], "topics": [], "entities": [{"entity": "destination", "value": "canada"}]}', '["action_answer_topic"]', '', 12.5, '2026-11-30 02:15:19.789548+00', '2026-11-30 02:15:19.790522+00', '{}');
INSERT INTO public.message VALUES (6, '2b7170336f994afea38eaf5871a04fda', 'slack', NULL, 'advisor', '', 'I don''t know that.', '', '[]', '[]', '[{"section": "Benefits", "key": "benefits"}]', 'said', 5, 'declined', '', '', NULL, '{}', '[]', '', NULL, '2026-11-30 02:15:19.790574+00', NULL, '{}');
INSERT INTO public.message VALUES (7, '5d2a5cc0994d47e3bb8874e7ad32c639', 'rest', NULL, 'visitor', '', 'can I talk to a person, mail anna@example.org', '', '[]', '[]', '[]', 'received', NULL, '', '', '', NULL, '{}', '[]', '', NULL, '2026-11-30 02:15:19.790815+00', NULL, '{}');
INSERT INTO public.message VALUES (8, '5d2a5cc0994d47e3bb8874e7ad32c639', 'rest', NULL, 'person', 'bashir', 'Good day, I am Bashir.', '', '[]', '[]', '[]', 'said', NULL, '', '', '', NULL, '{}', '[]', '', NULL, '2026-11-30 02:15:19.829036+00', NULL, '{}');
INSERT INTO public.message VALUES (9, 'e84238a6722f414bac6fbe0389c6abe0', 'web', 'w-2', 'visitor', '', 'and this one failed', '', '[]', '[]', '[]', 'failed', NULL, 'failed', '', '', NULL, '{}', '[]', 'no answer from the engine', NULL, '2026-11-30 02:15:19.831329+00', '2026-11-30 02:15:19.864933+00', '{}');
INSERT INTO public.message VALUES (10, 'e84238a6722f414bac6fbe0389c6abe0', 'web', NULL, 'front', '', 'Sorry.', '', '[]', '[]', '[]', 'said', 9, 'failed', '', '', NULL, '{}', '[]', '', NULL, '2026-11-30 02:15:19.865334+00', NULL, '{}');
INSERT INTO public.message VALUES (11, 'eb00bc0b184f49ef926d1e8b6e0b99dc', 'web', 'w-3', 'visitor', '', 'still to be answered', '', '[]', '[]', '[]', 'received', NULL, '', '', '', NULL, '{}', '[]', '', NULL, '2026-11-30 02:15:19.865679+00', NULL, '{}');
INSERT INTO public.message_words VALUES (1, '''are'':1 ''canada'':6 ''credentials'':3 ''in'':5 ''micro'':2 ''recognised'':4');
INSERT INTO public.message_words VALUES (2, '''depends'':2 ''institution'':5 ''on'':3 ''recognition'':1 ''the'':4');
INSERT INTO public.message_words VALUES (3, '''courses'':4 ''do'':1 ''have'':3 ''in'':5 ''you'':2 ''zurich'':6 ''中文'':7');
INSERT INTO public.message_words VALUES (4, '''don'':2 ''i'':1 ''know'':4 ''t'':3');
INSERT INTO public.message_words VALUES (5, '''another'':2 ''knows'':6 ''nobody'':5 ''quite'':1 ''that'':4 ''thing'':3');
INSERT INTO public.message_words VALUES (6, '''don'':2 ''i'':1 ''know'':4 ''t'':3 ''that'':5');
INSERT INTO public.message_words VALUES (7, '''a'':5 ''anna'':8 ''can'':1 ''example'':9 ''i'':2 ''mail'':7 ''org'':10 ''person'':6 ''talk'':3 ''to'':4');
INSERT INTO public.message_words VALUES (8, '''am'':4 ''bashir'':5 ''day'':2 ''good'':1 ''i'':3');
INSERT INTO public.message_words VALUES (9, '''and'':1 ''failed'':4 ''one'':3 ''this'':2');
INSERT INTO public.message_words VALUES (10, '''sorry'':1');
INSERT INTO public.message_words VALUES (11, '''answered'':4 ''be'':3 ''still'':1 ''to'':2');
INSERT INTO public.note VALUES (1, '03409d14fd22496cbd1bd27667239dff', 'ann', 'Checked with admissions.', '2026-11-30 02:15:19.681268+00');
INSERT INTO public.outside_sign_in VALUES ('84601e274e38f244322d6ec1799296d18256ab90011a2ea43f62f0d4bb811fa3', 'o0nFz76L25VNGxyDC5DS0yOT2y8dlInE', 'T4P5WbLIYI0ML-_It7OYZHcTZ8JlUyMd19Ub5Eim8FLF7AKXWu8xoCrWeU9vIgua', '/console', '2026-11-30 02:15:23.598152+00');
INSERT INTO public.recovery_code VALUES (3, 'abababababababababababababababababababababababababababababababab');
INSERT INTO public.review VALUES ('03409d14fd22496cbd1bd27667239dff', 'ann', '2026-11-30 02:15:19.683332+00');
INSERT INTO public.site VALUES ('main site', '{"languages": ["en"], "origins": ["https://www.example.org"]}', 'root', '2026-11-30 02:15:23.652439+00');
INSERT INTO public.staff VALUES (1, 'ann', 'trainer', '$argon2id$v=19$m=65536,t=3,p=4$Ug/KqhwATIwbdLJxUSGFFQ$WMA2r2+24PErny7sR+lf//WthgD2I33l+1CdV6+sMfg', 0, NULL, '2026-11-30 02:15:21.1998+00', '', 0, '');
INSERT INTO public.staff VALUES (2, 'bashir', 'adviser', '$argon2id$v=19$m=65536,t=3,p=4$+jXVJ3udOFATqbZjr/GQTw$Dg9zRX94fFCsVRXWR/ViIeijeP1QsBWXcLzmAlyV0Ds', 0, NULL, '2026-11-30 02:15:22.440507+00', '', 0, '');
INSERT INTO public.staff VALUES (3, 'root', 'admin', '$argon2id$v=19$m=65536,t=3,p=4$HBPR5emW5uWMuJ0gVuE8Kg$KuFB8nesLsoifVCULpkPOgpWx8d7HW4sJlGMbbybWHs', 0, NULL, '2026-11-30 02:15:23.574819+00', 'JBSWY3DPEHPK3PXP', 0, 'sub-1');
INSERT INTO public.staff_session VALUES ('cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd', 3, 'x', 'Firefox', '192.0.2.1', '2026-11-30 02:15:23.596571+00', '2026-11-30 02:15:23.596579+00', false, false);
INSERT INTO public.tag VALUES ('03409d14fd22496cbd1bd27667239dff', 'recognition', 'ann', '2026-11-30 02:15:19.682464+00');
INSERT INTO public.talk_test VALUES (1, '03409d14fd22496cbd1bd27667239dff', 'are micro-credentials recognised in Canada?', '[{"say": "are micro-credentials recognised in Canada?", "topic": "recognition/overview"}]', 'ann', '2026-11-30 02:15:19.735833+00', '');
INSERT INTO public.unanswered VALUES (5, '2b7170336f994afea38eaf5871a04fda', '\x00bcf5bbebbbe0bbd5bbcbbbc0bbb5bbaabba0bb95bb8abb80bb75bb6abb60bb55bb4abb3fbb35bb2abb1fbb15bb0abbffbaf5baeabadfbad5bacababfbab4baaaba9fba94ba8aba7fba74ba6aba5fba54ba4aba3fba34ba29ba1fba14ba09baffb9f4b9e9b9dfb9d4b9c9b9beb9b4b9a9b99eb994b989b97eb974b969b95eb954b949b93eb933b929b91eb913b909b9feb8f3b8e9b8deb8d3b8c9b8beb8b3b8a8b89eb893b888b87eb873b868b85eb853b848b83db833b828b81db813b808b8fbb7e5b7d0b7bab7a5b790b77ab765b750b73ab725b70fb7fab6e5b6cfb6bab6a4b68fb67ab664b64fb639b624b60fb6f9b5e4b5cfb5b9b5a4b58eb579b564b54eb539b523b50eb5f9b4e3b4ceb4b8b4a3b48eb478b463b44eb438b423b40db4f0b3c5b39ab370b345b31ab3efb2c5b29ab26fb244b219b2efb1c4b199b16eb144b119b1eeb0c3b098b06eb043b018b0dbaf85af2fafdaae84ae2faed9ad84ad2eadd9ac83ac2dacb0ab05ab5aaaaea903a958a85aa704a6aea4afa203a0599959190320af22ae2404265a2758280329ae295a2a052bb02b2d2c832cd92c2e2d842dd92d2f2e842eda2e2f2f852fdb2f183043306e309830c330ee30193144316e319931c431ef31193244326f329a32c532ef321a33453370339a33c533f0330d34233438344e34633478348e34a334b834ce34e334f9340e35233539354e35643579358e35a435b935cf35e435f9350f36243639364f3664367a368f36a436ba36cf36e536fa360f3725373a37503765377a379037a537ba37d037e537fb37083813381d38283833383d38483853385e38683873387e38883893389e38a838b338be38c938d338de38e938f338fe38093913391e39293933393e39493954395e39693974397e39893994399e39a939b439be39c939d439df39e939f439ff39093a143a1f3a293a343a3f3a4a3a543a5f3a6a3a743a7f3a8a3a943a9f3aaa3ab43abf3aca3ad53adf3aea3af53aff3a0a3b153b1f3b2a3b353b3f3b4a3b553b603b6a3b753b803b8a3b953ba03baa3bb53bc03bcb3bd53be03beb3bf53b003c');
SELECT pg_catalog.setval('public.alert_id_seq', 2, true);
SELECT pg_catalog.setval('public.audit_id_seq', 8, true);
SELECT pg_catalog.setval('public.contact_request_id_seq', 1, true);
SELECT pg_catalog.setval('public.delivery_id_seq', 2, true);
SELECT pg_catalog.setval('public.draft_id_seq', 1, true);
SELECT pg_catalog.setval('public.handoff_id_seq', 2, true);
SELECT pg_catalog.setval('public.message_id_seq', 11, true);
SELECT pg_catalog.setval('public.note_id_seq', 1, true);
SELECT pg_catalog.setval('public.staff_id_seq', 3, true);
SELECT pg_catalog.setval('public.talk_test_id_seq', 1, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.message_words
    ADD CONSTRAINT message_words_pkey PRIMARY KEY (message_id);
ALTER TABLE ONLY public.about_database
    ADD CONSTRAINT pk_about_database PRIMARY KEY (name);
ALTER TABLE ONLY public.alert
    ADD CONSTRAINT pk_alert PRIMARY KEY (id);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT pk_audit PRIMARY KEY (id);
ALTER TABLE ONLY public.button
    ADD CONSTRAINT pk_button PRIMARY KEY (token);
ALTER TABLE ONLY public.canned_reply
    ADD CONSTRAINT pk_canned_reply PRIMARY KEY (name);
ALTER TABLE ONLY public.consent
    ADD CONSTRAINT pk_consent PRIMARY KEY (conversation_id, version);
ALTER TABLE ONLY public.contact_request
    ADD CONSTRAINT pk_contact_request PRIMARY KEY (id);
ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT pk_conversation PRIMARY KEY (id);
ALTER TABLE ONLY public.correction
    ADD CONSTRAINT pk_correction PRIMARY KEY (message_id);
ALTER TABLE ONLY public.daily
    ADD CONSTRAINT pk_daily PRIMARY KEY (measure, day, channel, site, name);
ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT pk_delivery PRIMARY KEY (id);
ALTER TABLE ONLY public.draft
    ADD CONSTRAINT pk_draft PRIMARY KEY (id);
ALTER TABLE ONLY public.erasure
    ADD CONSTRAINT pk_erasure PRIMARY KEY (conversation_id);
ALTER TABLE ONLY public.feedback
    ADD CONSTRAINT pk_feedback PRIMARY KEY (message_id);
ALTER TABLE ONLY public.flag
    ADD CONSTRAINT pk_flag PRIMARY KEY (conversation_id);
ALTER TABLE ONLY public.handoff
    ADD CONSTRAINT pk_handoff PRIMARY KEY (id);
ALTER TABLE ONLY public.judgement
    ADD CONSTRAINT pk_judgement PRIMARY KEY (message_id);
ALTER TABLE ONLY public.kept_setting
    ADD CONSTRAINT pk_kept_setting PRIMARY KEY (name);
ALTER TABLE ONLY public.known_tag
    ADD CONSTRAINT pk_known_tag PRIMARY KEY (name);
ALTER TABLE ONLY public.masked
    ADD CONSTRAINT pk_masked PRIMARY KEY (conversation_id);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT pk_message PRIMARY KEY (id);
ALTER TABLE ONLY public.note
    ADD CONSTRAINT pk_note PRIMARY KEY (id);
ALTER TABLE ONLY public.outside_sign_in
    ADD CONSTRAINT pk_outside_sign_in PRIMARY KEY (state);
ALTER TABLE ONLY public.recovery_code
    ADD CONSTRAINT pk_recovery_code PRIMARY KEY (staff_id, hash);
ALTER TABLE ONLY public.review
    ADD CONSTRAINT pk_review PRIMARY KEY (conversation_id);
ALTER TABLE ONLY public.site
    ADD CONSTRAINT pk_site PRIMARY KEY (name);
ALTER TABLE ONLY public.staff
    ADD CONSTRAINT pk_staff PRIMARY KEY (id);
ALTER TABLE ONLY public.staff_session
    ADD CONSTRAINT pk_staff_session PRIMARY KEY (id);
ALTER TABLE ONLY public.tag
    ADD CONSTRAINT pk_tag PRIMARY KEY (conversation_id, name);
ALTER TABLE ONLY public.talk_test
    ADD CONSTRAINT pk_talk_test PRIMARY KEY (id);
ALTER TABLE ONLY public.unanswered
    ADD CONSTRAINT pk_unanswered PRIMARY KEY (message_id);
ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT uq_conversation_channel UNIQUE (channel, address);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT uq_message_channel UNIQUE (channel, external_id);
ALTER TABLE ONLY public.staff
    ADD CONSTRAINT uq_staff_name UNIQUE (name);
ALTER TABLE ONLY public.talk_test
    ADD CONSTRAINT uq_talk_test_conversation_id UNIQUE (conversation_id);
CREATE INDEX ix_alert_open ON public.alert USING btree (done_at, id);
CREATE INDEX ix_audit_at ON public.audit USING btree (at);
CREATE INDEX ix_button_conversation ON public.button USING btree (conversation_id);
CREATE INDEX ix_button_message ON public.button USING btree (message_id);
CREATE INDEX ix_contact_request_conversation ON public.contact_request USING btree (conversation_id);
CREATE INDEX ix_contact_request_state ON public.contact_request USING btree (state, id);
CREATE INDEX ix_conversation_last_at ON public.conversation USING btree (last_at, id);
CREATE INDEX ix_conversation_site ON public.conversation USING btree (site);
CREATE INDEX ix_conversation_state ON public.conversation USING btree (state, state_since);
CREATE INDEX ix_correction_conversation ON public.correction USING btree (conversation_id);
CREATE INDEX ix_correction_state ON public.correction USING btree (state, at);
CREATE INDEX ix_delivery_message ON public.delivery USING btree (message_id);
CREATE INDEX ix_delivery_open ON public.delivery USING btree (state, id);
CREATE INDEX ix_feedback_at ON public.feedback USING btree (at);
CREATE INDEX ix_feedback_conversation ON public.feedback USING btree (conversation_id);
CREATE INDEX ix_feedback_value ON public.feedback USING btree (value, conversation_id);
CREATE INDEX ix_handoff_after ON public.handoff USING btree (after, conversation_id);
CREATE INDEX ix_handoff_at ON public.handoff USING btree (at);
CREATE INDEX ix_handoff_conversation ON public.handoff USING btree (conversation_id, id);
CREATE INDEX ix_judgement_conversation ON public.judgement USING btree (conversation_id);
CREATE INDEX ix_message_answers ON public.message USING btree (answers) WHERE (answers IS NOT NULL);
CREATE INDEX ix_message_at ON public.message USING btree (at);
CREATE INDEX ix_message_confidence ON public.message USING btree (confidence, conversation_id) WHERE (confidence IS NOT NULL);
CREATE INDEX ix_message_conversation ON public.message USING btree (conversation_id, id);
CREATE INDEX ix_message_facts ON public.message USING btree (conversation_id, intent, topic, outcome, confidence);
CREATE INDEX ix_message_intent ON public.message USING btree (intent, conversation_id) WHERE ((intent)::text <> ''::text);
CREATE INDEX ix_message_open ON public.message USING btree (state, id);
CREATE INDEX ix_message_outcome ON public.message USING btree (outcome, conversation_id) WHERE ((outcome)::text <> ''::text);
CREATE INDEX ix_message_topic ON public.message USING btree (topic, conversation_id) WHERE ((topic)::text <> ''::text);
CREATE INDEX ix_note_conversation ON public.note USING btree (conversation_id, id);
CREATE INDEX ix_review_reviewer ON public.review USING btree (reviewer, conversation_id);
CREATE INDEX ix_staff_session_staff ON public.staff_session USING btree (staff_id);
CREATE INDEX ix_tag_name ON public.tag USING btree (name, conversation_id);
CREATE INDEX ix_unanswered_conversation ON public.unanswered USING btree (conversation_id);
CREATE INDEX message_words_words ON public.message_words USING gin (words);
CREATE TRIGGER message_words_keep AFTER INSERT OR UPDATE OF text ON public.message FOR EACH ROW EXECUTE FUNCTION public.message_words_keep();
ALTER TABLE ONLY public.alert
    ADD CONSTRAINT fk_alert_conversation_id FOREIGN KEY (conversation_id) REFERENCES public.conversation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.button
    ADD CONSTRAINT fk_button_conversation_id FOREIGN KEY (conversation_id) REFERENCES public.conversation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.button
    ADD CONSTRAINT fk_button_message_id FOREIGN KEY (message_id) REFERENCES public.message(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.consent
    ADD CONSTRAINT fk_consent_conversation_id FOREIGN KEY (conversation_id) REFERENCES public.conversation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.contact_request
    ADD CONSTRAINT fk_contact_request_conversation_id FOREIGN KEY (conversation_id) REFERENCES public.conversation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.correction
    ADD CONSTRAINT fk_correction_conversation_id FOREIGN KEY (conversation_id) REFERENCES public.conversation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.correction
    ADD CONSTRAINT fk_correction_message_id FOREIGN KEY (message_id) REFERENCES public.message(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT fk_delivery_conversation_id FOREIGN KEY (conversation_id) REFERENCES public.conversation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT fk_delivery_message_id FOREIGN KEY (message_id) REFERENCES public.message(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.feedback
    ADD CONSTRAINT fk_feedback_conversation_id FOREIGN KEY (conversation_id) REFERENCES public.conversation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.feedback
    ADD CONSTRAINT fk_feedback_message_id FOREIGN KEY (message_id) REFERENCES public.message(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.flag
    ADD CONSTRAINT fk_flag_conversation_id FOREIGN KEY (conversation_id) REFERENCES public.conversation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.handoff
    ADD CONSTRAINT fk_handoff_conversation_id FOREIGN KEY (conversation_id) REFERENCES public.conversation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.judgement
    ADD CONSTRAINT fk_judgement_conversation_id FOREIGN KEY (conversation_id) REFERENCES public.conversation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.judgement
    ADD CONSTRAINT fk_judgement_message_id FOREIGN KEY (message_id) REFERENCES public.message(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.masked
    ADD CONSTRAINT fk_masked_conversation_id FOREIGN KEY (conversation_id) REFERENCES public.conversation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.message
    ADD CONSTRAINT fk_message_answers FOREIGN KEY (answers) REFERENCES public.message(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.message
    ADD CONSTRAINT fk_message_conversation_id FOREIGN KEY (conversation_id) REFERENCES public.conversation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.note
    ADD CONSTRAINT fk_note_conversation_id FOREIGN KEY (conversation_id) REFERENCES public.conversation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.recovery_code
    ADD CONSTRAINT fk_recovery_code_staff_id FOREIGN KEY (staff_id) REFERENCES public.staff(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.review
    ADD CONSTRAINT fk_review_conversation_id FOREIGN KEY (conversation_id) REFERENCES public.conversation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.staff_session
    ADD CONSTRAINT fk_staff_session_staff_id FOREIGN KEY (staff_id) REFERENCES public.staff(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.tag
    ADD CONSTRAINT fk_tag_conversation_id FOREIGN KEY (conversation_id) REFERENCES public.conversation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.talk_test
    ADD CONSTRAINT fk_talk_test_conversation_id FOREIGN KEY (conversation_id) REFERENCES public.conversation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.unanswered
    ADD CONSTRAINT fk_unanswered_conversation_id FOREIGN KEY (conversation_id) REFERENCES public.conversation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.unanswered
    ADD CONSTRAINT fk_unanswered_message_id FOREIGN KEY (message_id) REFERENCES public.message(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.message_words
    ADD CONSTRAINT message_words_message_id_fkey FOREIGN KEY (message_id) REFERENCES public.message(id) ON DELETE CASCADE;
