-- A conversations database as the release of 26 November 2026 left it (commit 8679232, migration 0006): all written by its own code
-- and dumped by sqlite3's iterdump, with a row or more in every table; the search index is filled at the end as it filled it.
BEGIN TRANSACTION;
CREATE TABLE about_database (
	name VARCHAR(40) NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_about_database PRIMARY KEY (name)
);
INSERT INTO "about_database" VALUES('unanswered looked to','6');
INSERT INTO "about_database" VALUES('counted to','2026-11-30');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0006');
CREATE TABLE alert (
	id INTEGER NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	conversation_id VARCHAR(32) NOT NULL, 
	at DATETIME NOT NULL, 
	told JSON NOT NULL, 
	attempts INTEGER NOT NULL, 
	done_at DATETIME, 
	CONSTRAINT pk_alert PRIMARY KEY (id), 
	CONSTRAINT fk_alert_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE
);
INSERT INTO "alert" VALUES(1,'waiting','5d2a5cc0994d47e3bb8874e7ad32c639','2026-11-30 02:15:19.815513','[]',0,NULL);
INSERT INTO "alert" VALUES(2,'contact','5d2a5cc0994d47e3bb8874e7ad32c639','2026-11-30 02:15:19.831149','[]',0,NULL);
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	who VARCHAR(120) NOT NULL, 
	what VARCHAR(60) NOT NULL, 
	about VARCHAR(120) NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (id)
);
INSERT INTO "audit" VALUES(1,'2026-11-30 02:15:19.888711','visitor','deleted a conversation','abb4c579d58a4d589cc034a096d075bf');
INSERT INTO "audit" VALUES(2,'2026-11-30 02:15:21.216456','command line','added an account as trainer','ann');
INSERT INTO "audit" VALUES(3,'2026-11-30 02:15:22.440790','command line','added an account as adviser','bashir');
INSERT INTO "audit" VALUES(4,'2026-11-30 02:15:23.575050','command line','added an account as admin','root');
INSERT INTO "audit" VALUES(5,'2026-11-30 02:15:23.653259','root','changed a site','main site');
INSERT INTO "audit" VALUES(6,'2026-11-30 02:15:23.655054','ann','changed a canned reply','hello');
INSERT INTO "audit" VALUES(7,'2026-11-30 02:15:23.673056','ann','added a tag','visa');
INSERT INTO "audit" VALUES(8,'2026-11-30 02:15:23.674701','root','set delete_after_days to 60','');
CREATE TABLE button (
	token VARCHAR(24) NOT NULL, 
	conversation_id VARCHAR(32) NOT NULL, 
	message_id INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	CONSTRAINT pk_button PRIMARY KEY (token), 
	CONSTRAINT fk_button_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE, 
	CONSTRAINT fk_button_message_id FOREIGN KEY(message_id) REFERENCES message (id) ON DELETE CASCADE
);
INSERT INTO "button" VALUES('IQUeGSZ0UqhxIs5e','03409d14fd22496cbd1bd27667239dff',2,'Visas','/ask_topic{"topic": "challenges/visa"}');
CREATE TABLE canned_reply (
	name VARCHAR(40) NOT NULL, 
	text TEXT NOT NULL, 
	"by" VARCHAR(60) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_canned_reply PRIMARY KEY (name)
);
INSERT INTO "canned_reply" VALUES('hello','Good day!','ann','2026-11-30 02:15:23.654808');
CREATE TABLE consent (
	conversation_id VARCHAR(32) NOT NULL, 
	version VARCHAR(40) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_consent PRIMARY KEY (conversation_id, version), 
	CONSTRAINT fk_consent_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE
);
INSERT INTO "consent" VALUES('03409d14fd22496cbd1bd27667239dff','2026-10','2026-11-30 02:15:19.680726');
CREATE TABLE contact_request (
	id INTEGER NOT NULL, 
	conversation_id VARCHAR(32) NOT NULL, 
	name VARCHAR(120) NOT NULL, 
	contact VARCHAR(255) NOT NULL, 
	text TEXT NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	at DATETIME NOT NULL, "by" VARCHAR(60) DEFAULT '' NOT NULL, changed_at DATETIME, 
	CONSTRAINT pk_contact_request PRIMARY KEY (id), 
	CONSTRAINT fk_contact_request_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE
);
INSERT INTO "contact_request" VALUES(1,'5d2a5cc0994d47e3bb8874e7ad32c639','Anna','anna@example.org','call me','open','2026-11-30 02:15:19.830680','',NULL);
CREATE TABLE conversation (
	id VARCHAR(32) NOT NULL, 
	channel VARCHAR(20) NOT NULL, 
	site VARCHAR(60) NOT NULL, 
	address VARCHAR(255) NOT NULL, 
	reach JSON NOT NULL, 
	person_name VARCHAR(120) NOT NULL, 
	language VARCHAR(20) NOT NULL, 
	page TEXT NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	state_since DATETIME NOT NULL, 
	held_by VARCHAR(120) NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_at DATETIME NOT NULL, 
	CONSTRAINT pk_conversation PRIMARY KEY (id), 
	CONSTRAINT uq_conversation_channel UNIQUE (channel, address)
);
INSERT INTO "conversation" VALUES('03409d14fd22496cbd1bd27667239dff','web','main site','session-1','{}','','en','/courses','bot','2026-11-30 02:15:19.623468','','2026-11-30 02:15:19.623474','2026-11-30 02:15:19.623475');
INSERT INTO "conversation" VALUES('38ddef838a6c40eab08e7a28e5bc8f9f','telegram','','42:7','{"chat": 42}','Mira Example','','','bot','2026-11-30 02:15:19.742680','','2026-11-30 02:15:19.742684','2026-11-30 02:15:19.742685');
INSERT INTO "conversation" VALUES('2b7170336f994afea38eaf5871a04fda','slack','','T1:U1','{"channel": "D1"}','','','','bot','2026-11-30 02:15:19.790205','','2026-11-30 02:15:19.790208','2026-11-30 02:15:19.790208');
INSERT INTO "conversation" VALUES('5d2a5cc0994d47e3bb8874e7ad32c639','rest','','anna','{}','','','','person','2026-11-30 02:15:19.828478','bashir','2026-11-30 02:15:19.791329','2026-11-30 02:15:19.828792');
INSERT INTO "conversation" VALUES('e84238a6722f414bac6fbe0389c6abe0','web','','session-2','{}','','','','bot','2026-11-30 02:15:19.864550','','2026-11-30 02:15:19.864556','2026-11-30 02:15:19.864557');
INSERT INTO "conversation" VALUES('eb00bc0b184f49ef926d1e8b6e0b99dc','web','','session-3','{}','','','','bot','2026-11-30 02:15:19.866000','','2026-11-30 02:15:19.866002','2026-11-30 02:15:19.866002');
CREATE TABLE correction (
	message_id INTEGER NOT NULL, 
	conversation_id VARCHAR(32) NOT NULL, 
	text TEXT NOT NULL, 
	topic VARCHAR(120) NOT NULL, 
	intent VARCHAR(60) NOT NULL, 
	"by" VARCHAR(60) NOT NULL, 
	at DATETIME NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	why TEXT NOT NULL, 
	release VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_correction PRIMARY KEY (message_id), 
	CONSTRAINT fk_correction_message_id FOREIGN KEY(message_id) REFERENCES message (id) ON DELETE CASCADE, 
	CONSTRAINT fk_correction_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE
);
INSERT INTO "correction" VALUES(1,'03409d14fd22496cbd1bd27667239dff','are micro-credentials recognised in Canada?','recognition/overview','','ann','2026-11-30 02:15:19.719073','collected','','');
CREATE TABLE daily (
	measure VARCHAR(20) NOT NULL, 
	day VARCHAR(10) NOT NULL, 
	channel VARCHAR(20) NOT NULL, 
	site VARCHAR(60) NOT NULL, 
	name VARCHAR(120) NOT NULL, 
	count INTEGER NOT NULL, 
	CONSTRAINT pk_daily PRIMARY KEY (measure, day, channel, site, name)
)
 WITHOUT ROWID

;
INSERT INTO "daily" VALUES('asked','2026-11-30','rest','','',1);
INSERT INTO "daily" VALUES('asked','2026-11-30','slack','','',1);
INSERT INTO "daily" VALUES('asked','2026-11-30','telegram','','',1);
INSERT INTO "daily" VALUES('asked','2026-11-30','web','','',2);
INSERT INTO "daily" VALUES('asked','2026-11-30','web','main site','',1);
INSERT INTO "daily" VALUES('begun','2026-11-30','rest','','',1);
INSERT INTO "daily" VALUES('begun','2026-11-30','slack','','',1);
INSERT INTO "daily" VALUES('begun','2026-11-30','telegram','','',1);
INSERT INTO "daily" VALUES('begun','2026-11-30','web','','',2);
INSERT INTO "daily" VALUES('begun','2026-11-30','web','main site','',1);
INSERT INTO "daily" VALUES('first_reply','2026-11-30','rest','','0',1);
INSERT INTO "daily" VALUES('hour','2026-11-30','rest','','02',1);
INSERT INTO "daily" VALUES('hour','2026-11-30','slack','','02',1);
INSERT INTO "daily" VALUES('hour','2026-11-30','telegram','','02',1);
INSERT INTO "daily" VALUES('hour','2026-11-30','web','','02',2);
INSERT INTO "daily" VALUES('hour','2026-11-30','web','main site','02',1);
INSERT INTO "daily" VALUES('outcome','2026-11-30','slack','','declined',1);
INSERT INTO "daily" VALUES('outcome','2026-11-30','telegram','','declined',1);
INSERT INTO "daily" VALUES('outcome','2026-11-30','web','','failed',1);
INSERT INTO "daily" VALUES('outcome','2026-11-30','web','main site','answered',1);
INSERT INTO "daily" VALUES('taken','2026-11-30','rest','','',1);
INSERT INTO "daily" VALUES('thumb','2026-11-30','web','main site','down',1);
INSERT INTO "daily" VALUES('topic','2026-11-30','web','main site','recognition/overview',1);
INSERT INTO "daily" VALUES('topic_week','2026-11-30','web','main site','recognition/overview',1);
INSERT INTO "daily" VALUES('waited','2026-11-30','rest','','',1);
CREATE TABLE delivery (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	message_id INTEGER NOT NULL, 
	conversation_id VARCHAR(32) NOT NULL, 
	channel VARCHAR(20) NOT NULL, 
	part INTEGER NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	attempts INTEGER NOT NULL, 
	platform_ids JSON NOT NULL, 
	failure TEXT NOT NULL, 
	maybe_twice BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	done_at DATETIME, 
	CONSTRAINT fk_delivery_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE, 
	CONSTRAINT fk_delivery_message_id FOREIGN KEY(message_id) REFERENCES message (id) ON DELETE CASCADE
);
INSERT INTO "delivery" VALUES(1,4,'38ddef838a6c40eab08e7a28e5bc8f9f','telegram',0,'pending',0,'[]','',0,'2026-11-30 02:15:19.743642',NULL);
INSERT INTO "delivery" VALUES(2,6,'2b7170336f994afea38eaf5871a04fda','slack',0,'pending',0,'[]','',0,'2026-11-30 02:15:19.790749',NULL);
CREATE TABLE draft (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	title VARCHAR(120) NOT NULL, 
	answer TEXT NOT NULL, 
	source TEXT NOT NULL, 
	phrasings JSON NOT NULL, 
	"by" VARCHAR(60) NOT NULL, 
	at DATETIME NOT NULL
);
INSERT INTO "draft" VALUES(1,'Courses in Zürich','','','["do you have courses in Z\u00fcrich"]','ann','2026-11-30 02:15:23.598626');
CREATE TABLE erasure (
	conversation_id VARCHAR(32) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_erasure PRIMARY KEY (conversation_id)
);
INSERT INTO "erasure" VALUES('abb4c579d58a4d589cc034a096d075bf','2026-11-30 02:15:19.867856');
CREATE TABLE feedback (
	message_id INTEGER NOT NULL, 
	conversation_id VARCHAR(32) NOT NULL, 
	value INTEGER NOT NULL, 
	comment TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_feedback PRIMARY KEY (message_id), 
	CONSTRAINT fk_feedback_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE, 
	CONSTRAINT fk_feedback_message_id FOREIGN KEY(message_id) REFERENCES message (id) ON DELETE CASCADE
);
INSERT INTO "feedback" VALUES(2,'03409d14fd22496cbd1bd27667239dff',-1,'not what I asked','2026-11-30 02:15:19.666205');
CREATE TABLE flag (
	conversation_id VARCHAR(32) NOT NULL, 
	"by" VARCHAR(60) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_flag PRIMARY KEY (conversation_id), 
	CONSTRAINT fk_flag_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE
);
INSERT INTO "flag" VALUES('03409d14fd22496cbd1bd27667239dff','ann','2026-11-30 02:15:19.682838');
CREATE TABLE handoff (
	id INTEGER NOT NULL, 
	conversation_id VARCHAR(32) NOT NULL, 
	"before" VARCHAR(10) NOT NULL, 
	"after" VARCHAR(10) NOT NULL, 
	"by" VARCHAR(120) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_handoff PRIMARY KEY (id), 
	CONSTRAINT fk_handoff_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE
);
INSERT INTO "handoff" VALUES(1,'5d2a5cc0994d47e3bb8874e7ad32c639','bot','waiting','visitor','2026-11-30 02:15:19.815647');
INSERT INTO "handoff" VALUES(2,'5d2a5cc0994d47e3bb8874e7ad32c639','waiting','person','bashir','2026-11-30 02:15:19.828478');
CREATE TABLE judgement (
	message_id INTEGER NOT NULL, 
	conversation_id VARCHAR(32) NOT NULL, 
	what VARCHAR(10) NOT NULL, 
	"by" VARCHAR(60) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_judgement PRIMARY KEY (message_id), 
	CONSTRAINT fk_judgement_message_id FOREIGN KEY(message_id) REFERENCES message (id) ON DELETE CASCADE, 
	CONSTRAINT fk_judgement_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE
);
INSERT INTO "judgement" VALUES(3,'38ddef838a6c40eab08e7a28e5bc8f9f','dismissed','ann','2026-11-30 02:15:19.789156');
CREATE TABLE kept_setting (
	name VARCHAR(40) NOT NULL, 
	value JSON NOT NULL, 
	"by" VARCHAR(60) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_kept_setting PRIMARY KEY (name)
);
INSERT INTO "kept_setting" VALUES('delete_after_days',60,'root','2026-11-30 02:15:23.674511');
CREATE TABLE known_tag (
	name VARCHAR(40) NOT NULL, 
	"by" VARCHAR(60) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_known_tag PRIMARY KEY (name)
);
INSERT INTO "known_tag" VALUES('visa','ann','2026-11-30 02:15:23.672617');
CREATE TABLE masked (
	conversation_id VARCHAR(32) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_masked PRIMARY KEY (conversation_id), 
	CONSTRAINT fk_masked_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE
);
INSERT INTO "masked" VALUES('2b7170336f994afea38eaf5871a04fda','2026-11-30 02:15:23.599032');
CREATE TABLE message (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	conversation_id VARCHAR(32) NOT NULL, 
	channel VARCHAR(20) NOT NULL, 
	external_id VARCHAR(255), 
	author VARCHAR(10) NOT NULL, 
	author_name VARCHAR(120) NOT NULL, 
	text TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	buttons JSON NOT NULL, 
	cards JSON NOT NULL, 
	sources JSON NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	answers INTEGER, 
	outcome VARCHAR(12) NOT NULL, 
	topic VARCHAR(120) NOT NULL, 
	intent VARCHAR(60) NOT NULL, 
	confidence FLOAT, 
	understanding JSON NOT NULL, 
	actions JSON NOT NULL, 
	failure TEXT NOT NULL, 
	engine_ms FLOAT, 
	at DATETIME NOT NULL, 
	answered_at DATETIME, 
	context JSON NOT NULL, 
	CONSTRAINT fk_message_answers FOREIGN KEY(answers) REFERENCES message (id) ON DELETE CASCADE, 
	CONSTRAINT fk_message_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE, 
	CONSTRAINT uq_message_channel UNIQUE (channel, external_id)
);
INSERT INTO "message" VALUES(1,'03409d14fd22496cbd1bd27667239dff','web','w-1','visitor','','are micro-credentials recognised in Canada?','','[]','[]','[]','answered',NULL,'answered','recognition/overview','ask_topic',0.81,'{"ranking": [{"name": "ask_topic", "confidence": 0.81}], "topics": [{"topic": "recognition/overview", "confidence": 0.8}], "entities": [{"entity": "destination", "value": "canada"}]}','["action_answer_topic"]','',12.5,'2026-11-30 02:15:19.610567','2026-11-30 02:15:19.648805','{}');
INSERT INTO "message" VALUES(2,'03409d14fd22496cbd1bd27667239dff','web',NULL,'advisor','','Recognition depends on the **institution**.','','[{"title": "Visas", "payload": "/ask_topic{\"topic\": \"challenges/visa\"}", "token": "IQUeGSZ0UqhxIs5e"}]','[]','[{"section": "Benefits", "key": "benefits"}]','said',1,'answered','recognition/overview','',NULL,'{}','[]','',NULL,'2026-11-30 02:15:19.649345',NULL,'{}');
INSERT INTO "message" VALUES(3,'38ddef838a6c40eab08e7a28e5bc8f9f','telegram','42-1','visitor','Mira Example','do you have courses in Zürich 中文?','','[]','[]','[]','answered',NULL,'declined','','out_of_scope',0.81,'{"ranking": [{"name": "out_of_scope", "confidence": 0.81}], "topics": [], "entities": [{"entity": "destination", "value": "canada"}]}','["action_answer_topic"]','',12.5,'2026-11-30 02:15:19.741795','2026-11-30 02:15:19.743015','{}');
INSERT INTO "message" VALUES(4,'38ddef838a6c40eab08e7a28e5bc8f9f','telegram',NULL,'advisor','','I don''t know.','','[]','[]','[{"section": "Benefits", "key": "benefits"}]','said',3,'declined','','',NULL,'{}','[]','',NULL,'2026-11-30 02:15:19.743064',NULL,'{}');
INSERT INTO "message" VALUES(5,'2b7170336f994afea38eaf5871a04fda','slack','s-1','visitor','','quite another thing that nobody knows','','[]','[]','[]','answered',NULL,'declined','','out_of_scope',0.81,'{"ranking": [{"name": "out_of_scope", "confidence": 0.81}], "topics": [], "entities": [{"entity": "destination", "value": "canada"}]}','["action_answer_topic"]','',12.5,'2026-11-30 02:15:19.789548','2026-11-30 02:15:19.790522','{}');
INSERT INTO "message" VALUES(6,'2b7170336f994afea38eaf5871a04fda','slack',NULL,'advisor','','I don''t know that.','','[]','[]','[{"section": "Benefits", "key": "benefits"}]','said',5,'declined','','',NULL,'{}','[]','',NULL,'2026-11-30 02:15:19.790574',NULL,'{}');
INSERT INTO "message" VALUES(7,'5d2a5cc0994d47e3bb8874e7ad32c639','rest',NULL,'visitor','','can I talk to a person, mail anna@example.org','','[]','[]','[]','received',NULL,'','','',NULL,'{}','[]','',NULL,'2026-11-30 02:15:19.790815',NULL,'{}');
INSERT INTO "message" VALUES(8,'5d2a5cc0994d47e3bb8874e7ad32c639','rest',NULL,'person','bashir','Good day, I am Bashir.','','[]','[]','[]','said',NULL,'','','',NULL,'{}','[]','',NULL,'2026-11-30 02:15:19.829036',NULL,'{}');
INSERT INTO "message" VALUES(9,'e84238a6722f414bac6fbe0389c6abe0','web','w-2','visitor','','and this one failed','','[]','[]','[]','failed',NULL,'failed','','',NULL,'{}','[]','no answer from the engine',NULL,'2026-11-30 02:15:19.831329','2026-11-30 02:15:19.864933','{}');
INSERT INTO "message" VALUES(10,'e84238a6722f414bac6fbe0389c6abe0','web',NULL,'front','','Sorry.','','[]','[]','[]','said',9,'failed','','',NULL,'{}','[]','',NULL,'2026-11-30 02:15:19.865334',NULL,'{}');
INSERT INTO "message" VALUES(11,'eb00bc0b184f49ef926d1e8b6e0b99dc','web','w-3','visitor','','still to be answered','','[]','[]','[]','received',NULL,'','','',NULL,'{}','[]','',NULL,'2026-11-30 02:15:19.865679',NULL,'{}');
CREATE VIRTUAL TABLE message_words USING fts5(
        text, content='message', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2 3');
CREATE TABLE note (
	id INTEGER NOT NULL, 
	conversation_id VARCHAR(32) NOT NULL, 
	"by" VARCHAR(60) NOT NULL, 
	text TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_note PRIMARY KEY (id), 
	CONSTRAINT fk_note_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE
);
INSERT INTO "note" VALUES(1,'03409d14fd22496cbd1bd27667239dff','ann','Checked with admissions.','2026-11-30 02:15:19.681268');
CREATE TABLE outside_sign_in (
	state VARCHAR(64) NOT NULL, 
	nonce VARCHAR(64) NOT NULL, 
	verifier VARCHAR(128) NOT NULL, 
	following TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_outside_sign_in PRIMARY KEY (state)
);
INSERT INTO "outside_sign_in" VALUES('84601e274e38f244322d6ec1799296d18256ab90011a2ea43f62f0d4bb811fa3','o0nFz76L25VNGxyDC5DS0yOT2y8dlInE','T4P5WbLIYI0ML-_It7OYZHcTZ8JlUyMd19Ub5Eim8FLF7AKXWu8xoCrWeU9vIgua','/console','2026-11-30 02:15:23.598152');
CREATE TABLE recovery_code (
	staff_id INTEGER NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_recovery_code PRIMARY KEY (staff_id, hash), 
	CONSTRAINT fk_recovery_code_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE CASCADE
);
INSERT INTO "recovery_code" VALUES(3,'abababababababababababababababababababababababababababababababab');
CREATE TABLE review (
	conversation_id VARCHAR(32) NOT NULL, 
	reviewer VARCHAR(60) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_review PRIMARY KEY (conversation_id), 
	CONSTRAINT fk_review_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE
);
INSERT INTO "review" VALUES('03409d14fd22496cbd1bd27667239dff','ann','2026-11-30 02:15:19.683332');
CREATE TABLE site (
	name VARCHAR(40) NOT NULL, 
	description JSON NOT NULL, 
	"by" VARCHAR(60) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_site PRIMARY KEY (name)
);
INSERT INTO "site" VALUES('main site','{"languages": ["en"], "origins": ["https://www.example.org"]}','root','2026-11-30 02:15:23.652439');
CREATE TABLE staff (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name VARCHAR(60) NOT NULL, 
	role VARCHAR(10) NOT NULL, 
	password TEXT NOT NULL, 
	failures INTEGER NOT NULL, 
	locked_until DATETIME, 
	created_at DATETIME NOT NULL, code_secret VARCHAR(64) DEFAULT '' NOT NULL, code_step INTEGER DEFAULT '0' NOT NULL, subject VARCHAR(255) DEFAULT '' NOT NULL, 
	CONSTRAINT uq_staff_name UNIQUE (name)
);
INSERT INTO "staff" VALUES(1,'ann','trainer','$argon2id$v=19$m=65536,t=3,p=4$Ug/KqhwATIwbdLJxUSGFFQ$WMA2r2+24PErny7sR+lf//WthgD2I33l+1CdV6+sMfg',0,NULL,'2026-11-30 02:15:21.199800','',0,'');
INSERT INTO "staff" VALUES(2,'bashir','adviser','$argon2id$v=19$m=65536,t=3,p=4$+jXVJ3udOFATqbZjr/GQTw$Dg9zRX94fFCsVRXWR/ViIeijeP1QsBWXcLzmAlyV0Ds',0,NULL,'2026-11-30 02:15:22.440507','',0,'');
INSERT INTO "staff" VALUES(3,'root','admin','$argon2id$v=19$m=65536,t=3,p=4$HBPR5emW5uWMuJ0gVuE8Kg$KuFB8nesLsoifVCULpkPOgpWx8d7HW4sJlGMbbybWHs',0,NULL,'2026-11-30 02:15:23.574819','JBSWY3DPEHPK3PXP',0,'sub-1');
CREATE TABLE staff_session (
	id VARCHAR(64) NOT NULL, 
	staff_id INTEGER NOT NULL, 
	csrf VARCHAR(64) NOT NULL, 
	browser VARCHAR(200) NOT NULL, 
	address VARCHAR(60) NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_at DATETIME NOT NULL, lacks_code BOOLEAN DEFAULT 0 NOT NULL, is_outside BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_staff_session PRIMARY KEY (id), 
	CONSTRAINT fk_staff_session_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE CASCADE
);
INSERT INTO "staff_session" VALUES('cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd',3,'x','Firefox','192.0.2.1','2026-11-30 02:15:23.596571','2026-11-30 02:15:23.596579',0,0);
CREATE TABLE tag (
	conversation_id VARCHAR(32) NOT NULL, 
	name VARCHAR(40) NOT NULL, 
	"by" VARCHAR(60) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_tag PRIMARY KEY (conversation_id, name), 
	CONSTRAINT fk_tag_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE
);
INSERT INTO "tag" VALUES('03409d14fd22496cbd1bd27667239dff','recognition','ann','2026-11-30 02:15:19.682464');
CREATE TABLE talk_test (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	conversation_id VARCHAR(32) NOT NULL, 
	name VARCHAR(120) NOT NULL, 
	turns JSON NOT NULL, 
	"by" VARCHAR(60) NOT NULL, 
	at DATETIME NOT NULL, 
	release VARCHAR(40) NOT NULL, 
	CONSTRAINT fk_talk_test_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE, 
	CONSTRAINT uq_talk_test_conversation_id UNIQUE (conversation_id)
);
INSERT INTO "talk_test" VALUES(1,'03409d14fd22496cbd1bd27667239dff','are micro-credentials recognised in Canada?','[{"say": "are micro-credentials recognised in Canada?", "topic": "recognition/overview"}]','ann','2026-11-30 02:15:19.735833','');
CREATE TABLE unanswered (
	message_id INTEGER NOT NULL, 
	conversation_id VARCHAR(32) NOT NULL, 
	meaning BLOB, 
	CONSTRAINT pk_unanswered PRIMARY KEY (message_id), 
	CONSTRAINT fk_unanswered_message_id FOREIGN KEY(message_id) REFERENCES message (id) ON DELETE CASCADE, 
	CONSTRAINT fk_unanswered_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversation (id) ON DELETE CASCADE
);
INSERT INTO "unanswered" VALUES(5,'2b7170336f994afea38eaf5871a04fda',X'00BCF5BBEBBBE0BBD5BBCBBBC0BBB5BBAABBA0BB95BB8ABB80BB75BB6ABB60BB55BB4ABB3FBB35BB2ABB1FBB15BB0ABBFFBAF5BAEABADFBAD5BACABABFBAB4BAAABA9FBA94BA8ABA7FBA74BA6ABA5FBA54BA4ABA3FBA34BA29BA1FBA14BA09BAFFB9F4B9E9B9DFB9D4B9C9B9BEB9B4B9A9B99EB994B989B97EB974B969B95EB954B949B93EB933B929B91EB913B909B9FEB8F3B8E9B8DEB8D3B8C9B8BEB8B3B8A8B89EB893B888B87EB873B868B85EB853B848B83DB833B828B81DB813B808B8FBB7E5B7D0B7BAB7A5B790B77AB765B750B73AB725B70FB7FAB6E5B6CFB6BAB6A4B68FB67AB664B64FB639B624B60FB6F9B5E4B5CFB5B9B5A4B58EB579B564B54EB539B523B50EB5F9B4E3B4CEB4B8B4A3B48EB478B463B44EB438B423B40DB4F0B3C5B39AB370B345B31AB3EFB2C5B29AB26FB244B219B2EFB1C4B199B16EB144B119B1EEB0C3B098B06EB043B018B0DBAF85AF2FAFDAAE84AE2FAED9AD84AD2EADD9AC83AC2DACB0AB05AB5AAAAEA903A958A85AA704A6AEA4AFA203A0599959190320AF22AE2404265A2758280329AE295A2A052BB02B2D2C832CD92C2E2D842DD92D2F2E842EDA2E2F2F852FDB2F183043306E309830C330EE30193144316E319931C431EF31193244326F329A32C532EF321A33453370339A33C533F0330D34233438344E34633478348E34A334B834CE34E334F9340E35233539354E35643579358E35A435B935CF35E435F9350F36243639364F3664367A368F36A436BA36CF36E536FA360F3725373A37503765377A379037A537BA37D037E537FB37083813381D38283833383D38483853385E38683873387E38883893389E38A838B338BE38C938D338DE38E938F338FE38093913391E39293933393E39493954395E39693974397E39893994399E39A939B439BE39C939D439DF39E939F439FF39093A143A1F3A293A343A3F3A4A3A543A5F3A6A3A743A7F3A8A3A943A9F3AAA3AB43ABF3ACA3AD53ADF3AEA3AF53AFF3A0A3B153B1F3B2A3B353B3F3B4A3B553B603B6A3B753B803B8A3B953BA03BAA3BB53BC03BCB3BD53BE03BEB3BF53B003C');
CREATE INDEX ix_audit_at ON audit (at);
CREATE INDEX ix_conversation_state ON conversation (state, state_since);
CREATE INDEX ix_alert_open ON alert (done_at, id);
CREATE INDEX ix_contact_request_conversation ON contact_request (conversation_id);
CREATE INDEX ix_handoff_conversation ON handoff (conversation_id, id);
CREATE INDEX ix_message_conversation ON message (conversation_id, id);
CREATE INDEX ix_message_open ON message (state, id);
CREATE INDEX ix_button_conversation ON button (conversation_id);
CREATE INDEX ix_button_message ON button (message_id);
CREATE INDEX ix_delivery_message ON delivery (message_id);
CREATE INDEX ix_delivery_open ON delivery (state, id);
CREATE INDEX ix_feedback_conversation ON feedback (conversation_id);
CREATE INDEX ix_staff_session_staff ON staff_session (staff_id);
CREATE INDEX ix_note_conversation ON note (conversation_id, id);
CREATE INDEX ix_tag_name ON tag (name, conversation_id);
CREATE INDEX ix_review_reviewer ON review (reviewer, conversation_id);
CREATE INDEX ix_conversation_last_at ON conversation (last_at, id);
CREATE INDEX ix_message_facts ON message (conversation_id, intent, topic, outcome, confidence);
CREATE INDEX ix_message_at ON message (at);
CREATE INDEX ix_conversation_site ON conversation (site);
CREATE INDEX ix_handoff_after ON handoff ("after", conversation_id);
CREATE INDEX ix_feedback_value ON feedback (value, conversation_id);
CREATE INDEX ix_correction_state ON correction (state, at);
CREATE INDEX ix_correction_conversation ON correction (conversation_id);
CREATE INDEX ix_judgement_conversation ON judgement (conversation_id);
CREATE INDEX ix_unanswered_conversation ON unanswered (conversation_id);
CREATE INDEX ix_handoff_at ON handoff (at);
CREATE INDEX ix_feedback_at ON feedback (at);
CREATE INDEX ix_contact_request_state ON contact_request (state, id);
CREATE INDEX ix_message_answers ON message (answers) WHERE answers IS NOT NULL;
CREATE INDEX ix_message_intent ON message (intent, conversation_id) WHERE intent <> '';
CREATE INDEX ix_message_topic ON message (topic, conversation_id) WHERE topic <> '';
CREATE INDEX ix_message_outcome ON message (outcome, conversation_id) WHERE outcome <> '';
CREATE INDEX ix_message_confidence ON message (confidence, conversation_id) WHERE confidence IS NOT NULL;
CREATE TRIGGER message_words_gone AFTER DELETE ON message WHEN old.id <= (SELECT max(id) FROM message_words_docsize) BEGIN INSERT INTO message_words(message_words, rowid, text) VALUES ('delete', old.id, old.text); END;
CREATE TRIGGER message_words_changed AFTER UPDATE OF text ON message WHEN old.id <= (SELECT max(id) FROM message_words_docsize) BEGIN INSERT INTO message_words(message_words, rowid, text) VALUES ('delete', old.id, old.text); INSERT INTO message_words(rowid, text) VALUES (new.id, new.text); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('message',13);
INSERT INTO "sqlite_sequence" VALUES('talk_test',1);
INSERT INTO "sqlite_sequence" VALUES('delivery',2);
INSERT INTO "sqlite_sequence" VALUES('staff',3);
INSERT INTO "sqlite_sequence" VALUES('draft',1);
INSERT INTO message_words(rowid, text) SELECT id, text FROM message;
COMMIT;
