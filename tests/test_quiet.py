"""Libraries that carry a letter log nothing meanwhile, and as before afterwards."""

import logging

import pytest

from compassion_coach.model.quiet import quiet


def test_other_users_of_a_library_are_logged_as_before(caplog: pytest.LogCaptureFixture) -> None:
    """Within the block nothing, after it everything; also where the block ends in an error."""
    logger = logging.getLogger("openai.wire")
    with caplog.at_level(logging.DEBUG, "openai"):
        logger.debug("before")
        with quiet():
            logger.debug("meanwhile")
        logger.debug("after")
        with pytest.raises(ZeroDivisionError), quiet():
            raise ZeroDivisionError
        logger.debug("after an error")
    assert [record.message for record in caplog.records] == ["before", "after", "after an error"]
