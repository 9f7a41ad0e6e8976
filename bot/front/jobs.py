"""Background jobs of the front: alerts, webhooks, timeouts, open messages, erasures, sessions, indexes, publications.

Where several fronts share a database, most jobs run at one of them alone, and at another as soon as that one ends.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.ops.backup import days_of_copies, drop_old_copies
from bot.ops.retention import Retention
from console.views.editing.publication_job import PublicationJob
from console.views.learning.embedding_job import EmbeddingJob
from conversations.accounts import notifications, sessions
from conversations.accounts.notification_mailer import NotificationMailer
from conversations.admin import timeouts
from conversations.analytics.jobs import DailyCountJob
from conversations.db import search_index
from conversations.db.demo_marker import is_demo
from conversations.editing import guide_imports
from conversations.handoff.alert_notifier import RETENTION, AlertNotifier
from conversations.handoff.contact_mailer import ContactMailer
from conversations.integrations.webhook_sender import WebhookSender
from conversations.mail import MailServer
from conversations.pipeline.service import ConversationService
from conversations.sharing.front_session import FrontSession
from core.pack_registry import packs_of
from core.settings import Settings
from own_programs.store.master import refresh
from own_programs.store.transaction import bring_up_to_date
from own_programs.store.writer import FILE_NAME as CATALOGUE
from own_programs.store.writer import master_of

logger = logging.getLogger(__name__)
DAY = 86_400.0  # seconds
PAUSE = 0.05  # seconds between two stretches of a long piece of work, so that messages are written in between
LEASE = "background jobs"
LOOK_SECONDS = 0.5  # between two looks who has the lease
SHARED_RESUME = 1.0  # seconds between two looks for what a front that died left open
Job = Callable[[], Awaitable[object]]


def background_jobs(
    service: ConversationService, notifier: AlertNotifier, settings: Settings
) -> list[tuple[Job, float]]:
    """Return the jobs that run at one front alone, each with the seconds between two rounds."""
    environment = timeouts.from_settings(settings)

    async def take_back_overdue() -> None:
        if await service.store.read(is_demo):
            return  # made-up visitors wait until somebody has looked at them
        effective = await service.store.read(timeouts.effective, environment)
        await service.handoff.give_back_overdue(effective.waiting, effective.silent)

    async def look_back() -> None:
        effective = await service.store.read(timeouts.effective, environment)
        await counting.recount_recent(effective.delete_after_days)

    async def index_words() -> None:
        while service.store.is_sqlite and await service.store.write(search_index.index_batch) >= search_index.AT_ONCE:
            await asyncio.sleep(PAUSE)

    async def tell_of_retention(words: str) -> None:
        await notifier.send(RETENTION, "Old conversations were not deleted", words)

    counting = DailyCountJob(service.store)
    sender = WebhookSender(service.store, settings.own_hosts)
    return [
        (notifier.send_due_alerts, 2.0),
        (notifier.send_pushes_again, 1.0),
        (sender.send_due, 2.0),
        *_emails(service, settings),
        (sender.delete_old, DAY),
        (take_back_overdue, 5.0),
        (service.finish_erasures, 5.0),
        (service.store.checkpoint, 2.0),
        (index_words, 2.0),
        (EmbeddingJob(service.store, settings.encoder_dir).run, 5.0),
        (PublicationJob(service.store, settings).run, 0.2),
        (counting.go_on, 300.0),
        (look_back, DAY),
        (Retention(service.store, environment, tell_of_retention).run_daily, DAY),
        (lambda: service.store.write(sessions.delete_expired_sessions), 3600.0),
        (lambda: service.store.write(guide_imports.delete_decided), DAY),
        (lambda: service.store.write(notifications.delete_old), DAY),
    ]


def _emails(service: ConversationService, settings: Settings) -> list[tuple[Job, float]]:
    """Return the jobs that send e-mails to people who left an address, and to staff of their notifications."""
    server = MailServer.from_settings(settings)
    if server is None:
        return []
    jobs: list[tuple[Job, float]] = []
    if settings.contact_from:
        contacts = ContactMailer(service.store, server, settings.contact_from, settings.organisation)
        jobs.append((contacts.send_due, 2.0))
    if settings.staff_from:
        console = settings.public_url or settings.front_url
        jobs.append((NotificationMailer(service.store, server, settings.staff_from, console).send_due, 5.0))
    return jobs


def jobs_of_each_front(service: ConversationService, settings: Settings) -> list[tuple[Job, float]]:
    """Return the jobs of every front, about its own machine and its own pages, each with the seconds between two rounds."""
    environment = timeouts.from_settings(settings)

    async def drop_copies() -> None:
        effective = await service.store.read(timeouts.effective, environment)
        await asyncio.to_thread(drop_old_copies, settings.var_dir, days_of_copies(effective.delete_after_days))

    packs = [pack.settings for pack in packs_of(settings).values()]

    async def follow_catalogue() -> None:
        for own in packs:
            path, master = own.catalogue_dir / CATALOGUE, master_of(own)
            await (asyncio.to_thread(refresh, path, master) if master else asyncio.to_thread(bring_up_to_date, path))

    return [
        (service.resume, SHARED_RESUME if service.relay else 5.0),
        (service.catch_up, 2.0),
        (follow_catalogue, 2.0),
        (drop_copies, DAY),
    ]


async def run_at_one_front(session: FrontSession | None, jobs: list[tuple[Job, float]]) -> None:
    """Run jobs until cancelled; where fronts share a database, only while this one has the lease for that."""
    while True:
        if session is None or await session.acquire(LEASE):
            tasks = [asyncio.create_task(run_repeatedly(*job)) for job in jobs]
            try:
                while session is None or session.holds(LEASE):
                    await asyncio.sleep(LOOK_SECONDS)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                if session:
                    session.release(LEASE)
        await asyncio.sleep(LOOK_SECONDS)


async def run_repeatedly(duty: Job, seconds: float) -> None:
    """Run a job again and again until cancelled; a round that fails is logged."""
    while True:
        try:
            await duty()
        except Exception as error:  # the database is locked, say
            logger.error("a duty failed", extra={"reason": type(error).__name__})
        await asyncio.sleep(seconds)
