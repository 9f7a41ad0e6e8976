"""One sentence in other languages: that the advisor speaks English, and that a person can help."""

from __future__ import annotations

from dataclasses import replace

from actions.replies.base import DECLINED, PERSON, Button, Reply, guide, paragraphs

ENGLISH = (  # the subject of the guide goes into the braces
    "I only speak English so far. Write your question about {} in English, as simply as you like, or talk to a person."
)
SENTENCES = {
    "es": "Lo siento, por ahora solo hablo inglés. También puede ayudarte una persona.",
    "fr": "Désolé, je ne parle qu'anglais pour l'instant. Une personne peut aussi vous aider.",
    "de": "Entschuldigung, ich spreche bisher nur Englisch. Ein Mensch kann Ihnen auch helfen.",
    "pt": "Desculpe, por enquanto só falo inglês. Uma pessoa também pode ajudar.",
    "it": "Mi dispiace, per ora parlo solo inglese. Può aiutarti anche una persona.",
    "nl": "Sorry, ik spreek voorlopig alleen Engels. Een mens kan je ook helpen.",
    "hi": "माफ़ कीजिए, मैं अभी केवल अंग्रेज़ी बोलता हूँ। कोई व्यक्ति भी आपकी मदद कर सकता है।",
    "bn": "দুঃখিত, আমি এখন শুধু ইংরেজি বলতে পারি। একজন মানুষও আপনাকে সাহায্য করতে পারেন।",
    "ur": "معذرت، میں ابھی صرف انگریزی بولتا ہوں۔ کوئی شخص بھی آپ کی مدد کر سکتا ہے۔",
    "ar": "عذرًا، أتحدث الإنجليزية فقط حتى الآن. يمكن لشخص أن يساعدك أيضًا.",
    "zh": "抱歉，我目前只会说英语。也可以由工作人员为您提供帮助。",
    "ru": "Извините, пока я говорю только по-английски. Вам также может помочь человек.",
    "tr": "Üzgünüm, şimdilik yalnızca İngilizce konuşuyorum. Bir kişi de size yardımcı olabilir.",
    "vi": "Xin lỗi, hiện tôi chỉ nói tiếng Anh. Một người cũng có thể giúp bạn.",
}


IN_ENGLISH = "I can only answer in English so far."  # for languages without a sentence


def only_english(language: str | None) -> Reply:
    """Tell that the advisor speaks English, in the person's language if there is a sentence for it, and in English."""
    text = paragraphs(SENTENCES.get(language or "", ""), ENGLISH.format(guide().short))
    return Reply(text, DECLINED, buttons=(Button("What can I ask?", "/ask_help"), PERSON))


def in_english(reply: Reply, language: str, is_said: bool) -> Reply:
    """Return a reply with the line that says that it is in English, in the person's language if there is a sentence for it.

    It stands before the reply unless it `is_said` already.
    """
    if not reply.text:
        return reply
    line = SENTENCES.get(language, IN_ENGLISH)
    return replace(reply, text=reply.text if is_said else paragraphs(line, reply.text), in_english=line)
