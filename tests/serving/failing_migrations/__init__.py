"""The app's migrations, one that succeeds, and one that fails: where KILL is set, it kills the whole process."""

from initiatives import migrations

__path__ = [*__path__, *migrations.__path__]
