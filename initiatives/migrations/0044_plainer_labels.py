"""What ids and the place of a line are called in forms; no column changes."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('initiatives', '0043_inbox'),
    ]

    operations = [
        migrations.AlterField(
            model_name='citation',
            name='position',
            field=models.PositiveIntegerField(blank=True, help_text='Of a line or delegate: its place among those that the document names.', null=True),
        ),
        migrations.AlterField(
            model_name='dialogue',
            name='slug',
            field=models.SlugField(max_length=100, unique=True, validators=[django.core.validators.RegexValidator('\\A[a-z0-9]+(-[a-z0-9]+)*\\Z', 'Use lower-case letters a–z, digits and single hyphens.')], verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='discrepancy',
            name='slug',
            field=models.SlugField(max_length=100, unique=True, validators=[django.core.validators.RegexValidator('\\A[a-z0-9]+(-[a-z0-9]+)*\\Z', 'Use lower-case letters a–z, digits and single hyphens.')], verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='historicalcitation',
            name='position',
            field=models.PositiveIntegerField(blank=True, help_text='Of a line or delegate: its place among those that the document names.', null=True),
        ),
        migrations.AlterField(
            model_name='historicaldialogue',
            name='slug',
            field=models.SlugField(max_length=100, validators=[django.core.validators.RegexValidator('\\A[a-z0-9]+(-[a-z0-9]+)*\\Z', 'Use lower-case letters a–z, digits and single hyphens.')], verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='historicaldiscrepancy',
            name='slug',
            field=models.SlugField(max_length=100, validators=[django.core.validators.RegexValidator('\\A[a-z0-9]+(-[a-z0-9]+)*\\Z', 'Use lower-case letters a–z, digits and single hyphens.')], verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='historicalinitiative',
            name='slug',
            field=models.SlugField(max_length=100, validators=[django.core.validators.RegexValidator('\\A[a-z0-9]+(-[a-z0-9]+)*\\Z', 'Use lower-case letters a–z, digits and single hyphens.')], verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='historicalmeeting',
            name='slug',
            field=models.SlugField(max_length=100, validators=[django.core.validators.RegexValidator('\\A[a-z0-9]+(-[a-z0-9]+)*\\Z', 'Use lower-case letters a–z, digits and single hyphens.')], verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='historicalreport',
            name='slug',
            field=models.SlugField(max_length=100, validators=[django.core.validators.RegexValidator('\\A[a-z0-9]+(-[a-z0-9]+)*\\Z', 'Use lower-case letters a–z, digits and single hyphens.')], verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='historicaltheme',
            name='slug',
            field=models.SlugField(max_length=100, validators=[django.core.validators.RegexValidator('\\A[a-z0-9]+(-[a-z0-9]+)*\\Z', 'Use lower-case letters a–z, digits and single hyphens.')], verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='initiative',
            name='slug',
            field=models.SlugField(max_length=100, unique=True, validators=[django.core.validators.RegexValidator('\\A[a-z0-9]+(-[a-z0-9]+)*\\Z', 'Use lower-case letters a–z, digits and single hyphens.')], verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='meeting',
            name='slug',
            field=models.SlugField(max_length=100, unique=True, validators=[django.core.validators.RegexValidator('\\A[a-z0-9]+(-[a-z0-9]+)*\\Z', 'Use lower-case letters a–z, digits and single hyphens.')], verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='report',
            name='slug',
            field=models.SlugField(max_length=100, unique=True, validators=[django.core.validators.RegexValidator('\\A[a-z0-9]+(-[a-z0-9]+)*\\Z', 'Use lower-case letters a–z, digits and single hyphens.')], verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='theme',
            name='slug',
            field=models.SlugField(max_length=100, unique=True, validators=[django.core.validators.RegexValidator('\\A[a-z0-9]+(-[a-z0-9]+)*\\Z', 'Use lower-case letters a–z, digits and single hyphens.')], verbose_name='id'),
        ),
    ]
